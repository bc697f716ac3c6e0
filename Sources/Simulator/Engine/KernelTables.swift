// More than 300 lines: the tables of one kernel are filled in one place.
/// A compiled model as flat tables behind raw pointers; kernels do no reference counting.
///
/// The engine's coordinates are those of the model, with the opposite sign for reversed joints, see
/// ``senses``. In them all rotations have the sense of the plane. The engine always has two slides
/// and a hinge for the root. If the root is fixed they stay at zero, and the model's coordinates
/// begin after them.
///
/// Tree-sparse matrices store, for every degree of freedom, the columns of its ancestors in the
/// ``EliminationTree`` and its own, from the root outwards: 1 and 2 entries for the slides,
/// `3 + depth` for a hinge. All other entries of a mass matrix, and of `M + JᵀDJ`, are zero.
///
/// The tables of chains hold lists of joints: for each body those from the root to itself, then for
/// each contact point those that move it, then for each pair of geoms those that move one of them and
/// not the other.
///
/// The owner calls ``deallocate()`` exactly once.
struct KernelTables {
  let bodyCount: Int
  /// The number of the engine's coordinates.
  let dofCount: Int
  /// The place of the model's first coordinate among the engine's: 0, or 3 if the root is fixed.
  let firstDof: Int
  let isFixed: Bool
  /// Whether any body but the root slides.
  let hasSlides: Bool
  /// Whether any coordinate of the authored pose is not zero.
  let hasReferences: Bool
  let motorCount: Int
  let pointCount: Int
  let pairCount: Int
  let spatialCount: Int
  let limitCount: Int
  let frictionCount: Int
  let obliqueCount: Int
  let partCount: Int
  /// The slots that a pair of geoms may need, over all lanes: one where the geoms touch at a point,
  /// two where capsules lie side by side, two where their axes cross.
  static let contactsPerPair = 5
  /// The largest number of contact slots at a time.
  let contactLimit: Int
  /// Entries of a tree-sparse matrix.
  let entryCount: Int
  /// The longest list of the tables of chains; their stride, and that of contact Jacobians.
  let chainLength: Int
  let bodies: UnsafeMutablePointer<BodyConstants>
  let dofs: UnsafeMutablePointer<DofConstants>
  let motors: UnsafeMutablePointer<MotorConstants>
  let drives: UnsafeMutablePointer<DriveConstants>
  let points: UnsafeMutablePointer<PointConstants>
  let pairs: UnsafeMutablePointer<PairConstants>
  let spatial: UnsafeMutablePointer<SpatialConstants>
  /// The contacts with the ground by point, then those between geoms by pair, then the spatial ones.
  let contacts: UnsafeMutablePointer<ContactConstants>
  /// Whether there are several trees, for which MuJoCo's solver need not stop at the same time.
  let hasTrees: Bool
  /// Whether contacts have elliptic friction cones; if so, the slope of each, see
  /// ``CompiledContact/coneSlope``.
  let hasCones: Bool
  let coneSlopes: UnsafeMutablePointer<Double>
  let oblique: UnsafeMutablePointer<ObliqueDrag>
  let parts: UnsafeMutablePointer<PartDrag>
  /// For each of the model's coordinates, -1 if its joint is reversed, else 1.
  let senses: UnsafeMutablePointer<Double>
  /// For each degree of freedom, the index of its diagonal entry in a tree-sparse matrix.
  let diagonals: UnsafeMutablePointer<Int>
  /// The limited degrees of freedom.
  let limits: UnsafeMutablePointer<LimitConstants>
  /// The degrees of freedom with dry friction.
  let frictions: UnsafeMutablePointer<FrictionConstants>
  /// For each list, the bodies of its hinges.
  let chains: UnsafeMutablePointer<Int>
  /// For each list, the starts of the rows of its hinges.
  let chainRows: UnsafeMutablePointer<Int>
  /// For each list, the degrees of freedom of its hinges.
  let chainDofs: UnsafeMutablePointer<Int>
  /// For each list, the places of its hinges' columns in the rows of their descendants.
  let chainColumns: UnsafeMutablePointer<Int>
  /// For each list, -1 for the hinges that move the first geom of a pair, else 1.
  let chainSides: UnsafeMutablePointer<Double>
  /// For each body, the starts of the rows on its path in the elimination tree.
  let pathRows: UnsafeMutablePointer<Int>
  /// For each body, the degrees of freedom on its path in the elimination tree.
  let pathDofs: UnsafeMutablePointer<Int>
  let gravityX: Double
  let gravityY: Double
  let totalMass: Double
  let sense: Double
  let groundHeight: Double
  let timestep: Double
  let hasFluid: Bool
  /// Whether any constraint is so stiff that the gradient of the solver's cost, where it is small, needs
  /// the rounded residuals.
  let isStiff: Bool
  let hasDamping: Bool
  /// Whether motor forces depend on the state, are clamped, or drive several joints.
  let hasForceLaws: Bool
  /// The largest number of Newton iterations of the constraint solver.
  let iterationLimit: Int
  let startsWarm: Bool
  let usesRungeKutta: Bool
  /// Whether the damping of motors enters implicitly.
  let hasImplicitMotors: Bool

  init(_ model: CompiledModel) {
    bodyCount = model.bodies.count
    isFixed = model.source.isFixed
    firstDof = isFixed ? 3 : 0
    dofCount = model.dofCount + firstDof
    hasReferences = model.dofs.contains { $0.reference != 0 }
    hasSlides = model.bodies.contains { $0.slide != nil }
    motorCount = model.motorCount
    pointCount = model.contactPoints.count
    pairCount = model.contactPairs.count
    spatialCount = model.spatialContacts.count
    contactLimit =
      pointCount + Self.contactsPerPair * pairCount
      + model.spatialContacts.reduce(0) { $0 + SpatialConstants.slots($1) }
    let isFixed = isFixed
    let chainsOfBodies = Self.chains(model)
    let couples =
      model.contactPairs.map { ($0.first.body, $0.second.body) }
      + model.spatialContacts.map { ($0.firstBody, $0.secondBody) }
    let differences = couples.map { couple in
      let (first, second) = (chainsOfBodies[couple.0], chainsOfBodies[couple.1])
      return Set(first).symmetricDifference(second).sorted().filter { $0 > 0 || !isFixed }
    }
    let movers = model.contactPoints.map { point in
      chainsOfBodies[point.body].filter { $0 > 0 || !isFixed }
    }
    let tree = EliminationTree(chains: chainsOfBodies, couplings: differences)

    // rows of the tree-sparse matrices; the slides' are the entries 0 and 1, 2
    var rows: [Int] = []
    var end = 3
    for path in tree.paths {
      rows.append(end)
      end += path.count + 2
    }
    entryCount = end
    diagonals = Self.table([0, 2] + zip(rows, tree.paths).map { $0 + $1.count + 1 })

    // lists of hinges
    let lists = chainsOfBodies + movers + differences
    let stride = lists.reduce(0) { max($0, $1.count) }
    chainLength = stride
    func padded<T>(_ lists: [[Int]], _ stride: Int, _ fill: T, _ value: (Int) -> T) -> [T] {
      lists.flatMap { list in list.map(value) + Array(repeating: fill, count: stride - list.count) }
    }
    chains = Self.table(padded(lists, stride, 0) { $0 })
    chainRows = Self.table(padded(lists, stride, 0) { rows[$0] })
    chainDofs = Self.table(padded(lists, stride, 0) { $0 + 2 })
    chainColumns = Self.table(padded(lists, stride, 0) { tree.paths[$0].count + 1 })
    let sides = zip(couples, differences).flatMap { couple, list in
      padded([list], stride, 1) { chainsOfBodies[couple.0].contains($0) ? -1.0 : 1 }
    }
    chainSides = Self.table(
      [Double](repeating: 1, count: (bodyCount + pointCount) * stride) + sides)
    let pathStride = tree.paths.reduce(0) { max($0, $1.count) }
    pathRows = Self.table(padded(tree.paths, pathStride, 0) { rows[$0] })
    pathDofs = Self.table(padded(tree.paths, pathStride, 0) { $0 + 2 })

    bodies = Self.table(
      model.bodies.enumerated().map { index, body in
        var constants = BodyConstants(body)
        constants.links = chainsOfBodies[index].count - 1
        constants.chain = index * stride
        constants.row = rows[index]
        constants.depth = tree.paths[index].count - 1
        constants.path = index * pathStride
        return constants
      })
    let root = [DofConstants](repeating: .fixed, count: firstDof)
    let dofConstants = root + model.dofs.map { DofConstants($0) }
    dofs = Self.table(dofConstants)
    bodies[0].offsetX -= dofConstants[0].reference
    bodies[0].offsetY -= dofConstants[1].reference
    senses = Self.table(model.dofs.map(\.sense))
    let limited = model.dofs.indices.filter { model.dofs[$0].range != nil }.flatMap {
      let (dof, constants) = ($0 + root.count, dofConstants[$0 + root.count])
      let both = LimitConstants(dof: dof, lower: constants.lower, upper: constants.upper)
      guard constants.lower > constants.upper else { return [both] }
      return [
        LimitConstants(dof: dof, lower: constants.lower, upper: LimitConstants.never),
        LimitConstants(dof: dof, lower: -LimitConstants.never, upper: constants.upper),
      ]
    }
    let sliding = model.dofs.enumerated().filter { $1.frictionLoss > 0 }.map {
      FrictionConstants($1, index: $0 + root.count)
    }
    frictionCount = sliding.count
    frictions = Self.table(sliding)
    limitCount = limited.count
    limits = Self.table(limited)
    var driveList: [DriveConstants] = []
    motors = Self.table(
      model.motors.map { motor in
        let start = driveList.count
        driveList += motor.drives.map {
          DriveConstants(dof: $0.dof + root.count, moment: model.dofs[$0.dof].sense * $0.moment)
        }
        return MotorConstants(
          dof: motor.dof + root.count, gear: model.dofs[motor.dof].sense * motor.gear,
          lower: motor.controlRange?.lowerBound ?? -.infinity,
          upper: motor.controlRange?.upperBound ?? .infinity, gain: motor.gain, bias: motor.bias,
          leastForce: motor.forceRange?.lowerBound ?? -.infinity,
          greatestForce: motor.forceRange?.upperBound ?? .infinity, drives: start,
          driveCount: motor.drives.count)
      })
    drives = Self.table(driveList)
    hasForceLaws =
      model.motors.contains { !$0.isPlain } || model.dofs.contains { $0.motorRange != nil }
    iterationLimit = model.source.iterations
    startsWarm = model.source.startsWarm

    points = Self.table(model.contactPoints.map { PointConstants($0) })
    pairs = Self.table(model.contactPairs.map { PairConstants($0) })
    let parameters =
      model.contactPoints.map(\.contact) + model.contactPairs.map(\.contact)
      + model.spatialContacts.map(\.contact)
    spatial = Self.table(
      model.spatialContacts.map { SpatialConstants($0, world: model.source.worldAxes) })
    contacts = Self.table(
      zip(parameters, movers + differences).enumerated().map { [bodyCount, pointCount, pairCount] in
        let (index, (contact, list)) = $0
        return ContactConstants(
          contact, chain: (bodyCount + index) * stride, count: list.count,
          hasSlides: index < pointCount && !isFixed, isSpatial: index >= pointCount + pairCount)
      })

    let slopes = parameters.compactMap(\.coneSlope)
    hasCones = !slopes.isEmpty
    hasTrees = model.treeCount > 1
    coneSlopes = Self.table(slopes)

    let drags = model.bodies.enumerated().flatMap { index, body in
      body.drags.flatMap { box, center in
        zip(box.oblique, box.obliqueDrags).map {
          ObliqueDrag(
            body: index, centerX: center.x, centerY: center.y, x: $0.x, y: $0.y,
            coefficient: $1)
        }
      }
    }
    let partDrags = model.bodies.enumerated().filter { !$1.welded.isEmpty }.flatMap { index, body in
      body.drags.map { PartDrag($0.box, center: $0.center, body: index) }
    }
    partCount = partDrags.count
    parts = Self.table(partDrags)
    obliqueCount = drags.count
    oblique = Self.table(drags)

    gravityX = model.source.gravity.x
    gravityY = model.source.gravity.y
    totalMass = model.totalMass
    sense = model.rotationSense
    groundHeight = model.source.ground?.height ?? 0
    timestep = model.timestep
    isStiff = parameters.contains(where: \.isStiff)
    hasFluid = model.source.density > 0 || model.source.viscosity > 0
    let isImplicit = model.source.integrator == .implicitFast
    hasImplicitMotors = isImplicit && model.motors.contains { $0.bias.z != 0 }
    hasDamping =
      hasImplicitMotors
      || ((model.source.dampsImplicitly || isImplicit) && model.dofs.contains { $0.damping > 0 })
    usesRungeKutta = model.source.integrator == .rungeKutta4
  }

  /// For each body, the bodies from the root to itself.
  private static func chains(_ model: CompiledModel) -> [[Int]] {
    var result: [[Int]] = []
    for (index, body) in model.bodies.enumerated() {
      result.append((body.parent.map { result[$0] } ?? []) + [index])
    }
    return result
  }

  /// A table of the given values.
  private static func table<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let result = UnsafeMutablePointer<T>.allocate(capacity: values.count)
    result.initialize(from: values, count: values.count)
    return result
  }

  /// Frees the tables; no kernel may run afterwards.
  func deallocate() {
    bodies.deallocate()
    dofs.deallocate()
    motors.deallocate()
    drives.deallocate()
    points.deallocate()
    pairs.deallocate()
    spatial.deallocate()
    contacts.deallocate()
    coneSlopes.deallocate()
    oblique.deallocate()
    parts.deallocate()
    senses.deallocate()
    diagonals.deallocate()
    limits.deallocate()
    frictions.deallocate()
    chains.deallocate()
    chainRows.deallocate()
    chainDofs.deallocate()
    chainColumns.deallocate()
    chainSides.deallocate()
    pathRows.deallocate()
    pathDofs.deallocate()
  }
}
