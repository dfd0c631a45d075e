//! The binary `rollcall`: see the library beside it.

use std::process::ExitCode;

/// A quarter of a write's processor time went into glibc's allocator (measured): a request is small pieces of JSON that one
/// thread makes and another drops.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Options of the allocator. Memory that is free goes back to the system after 20 ms, not after a second, in which a group of 100,000
/// passes through the memory of three threads; and it is had when it is used: an idle node takes half.
#[cfg(unix)]
const OPTIONS: [(&str, &str); 2] = [("MIMALLOC_PURGE_DELAY", "20"), ("MIMALLOC_ARENA_EAGER_COMMIT", "0")];

fn main() -> ExitCode {
    #[cfg(unix)]
    begin_with_options();
    server::run()
}

/// The allocator reads its options before `main` begins: so the process becomes itself once more, with them in its environment. Who
/// set one keeps it; where that cannot be done, it goes on without.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "they are the allocator's options, no settings of ours")]
fn begin_with_options() {
    use std::os::unix::process::CommandExt;

    let missing: Vec<_> = OPTIONS.into_iter().filter(|(name, _)| std::env::var_os(name).is_none()).collect();
    let mut arguments = std::env::args_os();
    if let (false, Ok(program), Some(called)) = (missing.is_empty(), std::env::current_exe(), arguments.next()) {
        let mut itself = std::process::Command::new(program);
        // It comes back with an error only.
        drop(itself.arg0(called).args(arguments).envs(missing).exec());
    }
}
