//! The binary `rollcall`: see the library beside it.

use std::process::ExitCode;

/// A quarter of a write's processor time went into glibc's allocator (measured): a request is small pieces of JSON that one
/// thread makes and another drops.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// After how many milliseconds memory that is free goes back to the system: 1,000 by itself, in which a group of 100,000 passes
/// through the memory of three threads.
#[cfg(unix)]
const PURGE_DELAY: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "20");

fn main() -> ExitCode {
    #[cfg(unix)]
    begin_with_options();
    server::run()
}

/// The allocator reads its options before `main` begins: so the process becomes itself once more, with them in its environment. Who
/// set the option keeps it; where that cannot be done, it goes on without.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "it is the allocator's option, no setting of ours")]
fn begin_with_options() {
    use std::os::unix::process::CommandExt;

    let (name, value) = PURGE_DELAY;
    let mut arguments = std::env::args_os();
    if let (None, Ok(program), Some(called)) = (std::env::var_os(name), std::env::current_exe(), arguments.next()) {
        let mut itself = std::process::Command::new(program);
        // It comes back with an error only.
        drop(itself.arg0(called).args(arguments).env(name, value).exec());
    }
}
