//! The binary `rollcall`: see the library beside it.

use std::process::ExitCode;

/// A quarter of a write's processor time went into glibc's allocator (measured): a request is small pieces of JSON that one
/// thread makes and another drops.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::run()
}
