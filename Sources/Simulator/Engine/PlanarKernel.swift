/// The stages of a physics step on one group of environments, one environment per lane.
///
/// A kernel is a handful of pointers: copying it is free, and its methods do no reference counting.
/// The stages communicate through the ``Workspace``; each one states what it reads and writes. They
/// run in the order kinematics, mass matrix, bias, passive forces, actuation, smooth acceleration,
/// detection, constraint rows, constraint solve, integration.
///
/// Every operation works lane by lane. A lane's result therefore does not depend on its
/// neighbours, up to the sign of zeros, which the integrator normalises.
struct PlanarKernel {
  let tables: KernelTables
  let work: Workspace
  let solver: ConstraintSolver

  init(tables: KernelTables, work: Workspace, solver: ConstraintSolver) {
    self.tables = tables
    self.work = work
    self.solver = solver
  }
}

extension PlanarKernel {
  /// Computes `qacc` for the state `(q, v)` and the controls in the workspace.
  ///
  /// Writes every stage's outputs; `warm` is a start for the constraint solver. Lanes outside
  /// `alive` do no constraint iterations.
  @inline(__always)
  func forward(
    q: UnsafePointer<Lanes>, v: UnsafePointer<Lanes>, warm: UnsafePointer<Lanes>, alive: LaneMask
  ) {
    kinematics(q)
    massMatrix()
    bias(v)
    passive(q, v)
    if tables.hasForceLaws { forceLaws(q, v) }
    smoothAcceleration()
    let touching = detect(q) .& alive
    if any(touching) {
      constraintRows(v)
      solveConstraints(warm: warm, lanes: touching)
    } else {
      skipConstraints()
    }
  }
}
