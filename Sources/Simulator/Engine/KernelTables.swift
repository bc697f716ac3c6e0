/// The constants of one body as the kernels read them: plain values, no references.
struct BodyConstants {
  /// Parent body, or -1.
  var parent: Int
  /// The depth of the body in the tree: 0 for the root.
  var links: Int
  /// The start of the hinge's row in the tree-sparse matrices.
  var row: Int
  /// The start of the body's chain in the tables of chains.
  var chain: Int
  /// The hinge in the parent's frame.
  var offsetX: Double
  var offsetY: Double
  /// Mass times centre of mass, in the body's frame.
  var momentX: Double
  var momentY: Double
  var mass: Double
  var inverseMass: Double
  var subtreeMass: Double
  var constantInertia: Double
  /// Axis of the fluid box in the body's frame, and the drag coefficients.
  var fluidAxisX: Double
  var fluidAxisY: Double
  var linearDrag: Double
  var axialDrag: Double
  var transverseDrag: Double
  var angularDrag: Double
  var squaredAngularDrag: Double
}

/// The constants of one contact point as the kernels read them.
struct PointConstants {
  var body: Int
  var x: Double
  var y: Double
  var radius: Double
  var friction: Double
  var regularizer: Double
  var softness: CompiledSoftness
}

/// The constants of one degree of freedom as the kernels read them.
struct DofConstants {
  var stiffness: Double
  var damping: Double
  var armature: Double
  var lower: Double
  var upper: Double
  var inverseWeight: Double
  var softness: CompiledSoftness
}

/// The constants of one motor as the kernels read them.
struct MotorConstants {
  var dof: Int
  var gear: Double
  var lower: Double
  var upper: Double
}

/// Drag along one direction of a body as the kernels read it, see ``FluidBox/oblique``.
struct ObliqueDrag {
  var body: Int
  var x: Double
  var y: Double
  var coefficient: Double
}

/// A compiled model as flat tables behind raw pointers; kernels do no reference counting.
///
/// Tree-sparse matrices store, for every degree of freedom, the columns of its ancestors and its
/// own, from the root outwards: 1 and 2 entries for the slides, `3 + links` for a hinge. All other
/// entries of a mass matrix, and of `M + JᵀDJ`, are zero.
///
/// The owner calls ``deallocate()`` exactly once.
struct KernelTables {
  let bodyCount: Int
  let dofCount: Int
  let motorCount: Int
  let pointCount: Int
  let limitCount: Int
  let obliqueCount: Int
  /// Entries of a tree-sparse matrix.
  let entryCount: Int
  /// The longest chain of hinges; the stride of ``chains`` and of contact Jacobians.
  let chainLength: Int
  let bodies: UnsafeMutablePointer<BodyConstants>
  let dofs: UnsafeMutablePointer<DofConstants>
  let motors: UnsafeMutablePointer<MotorConstants>
  let points: UnsafeMutablePointer<PointConstants>
  let oblique: UnsafeMutablePointer<ObliqueDrag>
  /// For each degree of freedom, the index of its diagonal entry in a tree-sparse matrix.
  let diagonals: UnsafeMutablePointer<Int>
  /// The limited degrees of freedom.
  let limits: UnsafeMutablePointer<Int>
  /// For each body, the bodies from the root to itself.
  let chains: UnsafeMutablePointer<Int>
  /// For each body, the starts of the rows of the hinges from the root to itself.
  let chainRows: UnsafeMutablePointer<Int>
  /// For each body, the degrees of freedom of the hinges from the root to itself.
  let chainDofs: UnsafeMutablePointer<Int>
  let gravityX: Double
  let gravityY: Double
  let totalMass: Double
  let sense: Double
  let groundHeight: Double
  let timestep: Double
  let hasFluid: Bool
  let hasDamping: Bool
  let usesRungeKutta: Bool

  init(_ model: CompiledModel) {
    bodyCount = model.bodies.count
    dofCount = model.dofCount
    motorCount = model.motorCount
    pointCount = model.contactPoints.count

    // chains of bodies from the root outwards
    var paths: [[Int]] = []
    for (index, body) in model.bodies.enumerated() {
      paths.append((body.parent.map { paths[$0] } ?? []) + [index])
    }
    let stride = paths.reduce(0) { max($0, $1.count) }
    chainLength = stride
    chains = .allocate(capacity: bodyCount * stride)
    chains.initialize(repeating: 0, count: bodyCount * stride)
    chainRows = .allocate(capacity: bodyCount * stride)
    chainRows.initialize(repeating: 0, count: bodyCount * stride)
    chainDofs = .allocate(capacity: bodyCount * stride)
    chainDofs.initialize(repeating: 0, count: bodyCount * stride)

    var row = 3
    bodies = .allocate(capacity: bodyCount)
    for (index, body) in model.bodies.enumerated() {
      let inertia = body.inertia
      let box = body.fluidBox
      bodies.advanced(by: index).initialize(
        to: BodyConstants(
          parent: body.parent ?? -1, links: paths[index].count - 1, row: row,
          chain: index * stride,
          offsetX: body.offset.x, offsetY: body.offset.y,
          momentX: inertia.mass * inertia.center.x, momentY: inertia.mass * inertia.center.y,
          mass: inertia.mass, inverseMass: 1 / inertia.mass, subtreeMass: body.subtreeMass,
          constantInertia: body.constantInertia, fluidAxisX: box.axis.x, fluidAxisY: box.axis.y,
          linearDrag: box.linearDrag, axialDrag: box.axialDrag,
          transverseDrag: box.transverseDrag, angularDrag: box.angularDrag,
          squaredAngularDrag: box.squaredAngularDrag))
      row += paths[index].count + 2
    }
    entryCount = row
    for (index, path) in paths.enumerated() {
      for (link, body) in path.enumerated() {
        chains[index * stride + link] = body
        chainRows[index * stride + link] = bodies[body].row
        chainDofs[index * stride + link] = body + 2
      }
    }

    dofs = .allocate(capacity: dofCount)
    for (index, dof) in model.dofs.enumerated() {
      dofs.advanced(by: index).initialize(
        to: DofConstants(
          stiffness: dof.stiffness, damping: dof.damping, armature: dof.armature,
          lower: dof.range?.lowerBound ?? -.infinity, upper: dof.range?.upperBound ?? .infinity,
          inverseWeight: dof.inverseWeight, softness: dof.softness))
    }
    // the slides' rows are the entries 0 and 1, 2
    diagonals = .allocate(capacity: dofCount)
    diagonals.initialize(to: 0)
    diagonals[1] = 2
    for index in 0..<bodyCount { diagonals[index + 2] = bodies[index].row + paths[index].count + 1 }
    let limited = model.dofs.indices.filter { model.dofs[$0].range != nil }
    limitCount = limited.count
    limits = .allocate(capacity: limited.count)
    limits.initialize(from: limited, count: limited.count)

    motors = .allocate(capacity: motorCount)
    for (index, motor) in model.motors.enumerated() {
      motors.advanced(by: index).initialize(
        to: MotorConstants(
          dof: motor.dof, gear: motor.gear, lower: motor.controlRange?.lowerBound ?? -.infinity,
          upper: motor.controlRange?.upperBound ?? .infinity))
    }
    points = .allocate(capacity: pointCount)
    for (index, point) in model.contactPoints.enumerated() {
      points.advanced(by: index).initialize(
        to: PointConstants(
          body: point.body, x: point.center.x, y: point.center.y, radius: point.radius,
          friction: point.friction, regularizer: point.regularizer, softness: point.softness))
    }

    let drags = model.bodies.enumerated().flatMap { index, body in
      body.fluidBox.oblique.map {
        ObliqueDrag(body: index, x: $0.x, y: $0.y, coefficient: body.fluidBox.obliqueDrag)
      }
    }
    obliqueCount = drags.count
    oblique = .allocate(capacity: drags.count)
    oblique.initialize(from: drags, count: drags.count)

    gravityX = model.source.gravity.x
    gravityY = model.source.gravity.y
    totalMass = model.totalMass
    sense = model.rotationSense
    groundHeight = model.source.ground?.height ?? 0
    timestep = model.timestep
    hasFluid = model.source.density > 0 || model.source.viscosity > 0
    hasDamping = model.dofs.contains { $0.damping > 0 }
    usesRungeKutta = model.source.integrator == .rungeKutta4
  }

  /// Frees the tables; no kernel may run afterwards.
  func deallocate() {
    bodies.deallocate()
    dofs.deallocate()
    motors.deallocate()
    points.deallocate()
    oblique.deallocate()
    diagonals.deallocate()
    limits.deallocate()
    chains.deallocate()
    chainRows.deallocate()
    chainDofs.deallocate()
  }
}
