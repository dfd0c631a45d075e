use anyhow::Context;
use rand::TryRng;
use rand::rngs::SysRng;

/// 256 bits of the operating system's randomness: what every generator of the house begins with.
pub(crate) fn seed() -> anyhow::Result<[u8; 32]> {
    let mut seed = [0; 32];
    SysRng.try_fill_bytes(&mut seed).context("the operating system gives no random bytes")?;
    Ok(seed)
}
