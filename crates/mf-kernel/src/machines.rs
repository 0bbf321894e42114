//! Every kind of vectors that this processor has, for tests: results must not depend on them.

use pulp::Arch;

/// From none to the widest.
#[must_use]
pub fn machines() -> Vec<Arch> {
    let mut machines = vec![Arch::Scalar, Arch::new()];
    #[cfg(target_arch = "x86_64")]
    machines.extend(pulp::x86::V3::try_new().map(Arch::V3));
    machines
}
