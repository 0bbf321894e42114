//! Every vector length that this processor has, for tests: results must not depend on it.

use pulp::Arch;

/// No vectors, the widest ones, and AVX2 if there is one.
#[must_use]
pub fn machines() -> Vec<Arch> {
    let mut machines = vec![Arch::Scalar, Arch::new()];
    #[cfg(target_arch = "x86_64")]
    machines.extend(pulp::x86::V3::try_new().map(Arch::V3));
    machines
}
