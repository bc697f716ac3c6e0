// More than 300 lines: the cost of a cone, and what each stage of the solver does with it.

/// The elliptic friction cone of one contact: its cost as a function of the scaled residuals.
///
/// With the residual `r_0` of the normal row and `r_j` of the tangential ones, weight `D`, friction
/// coefficients `mu_j` and slope `mu = mu_1 / sqrt(impratio)`, let `N = mu r_0`, `U_j = mu_j r_j`, `T = |U|`.
/// Twice the cost is the squared distance of `(N, U)` to the cone `N >= mu T`, times `D/mu²`:
///
/// | zone | where | twice the cost |
/// |---|---|---|
/// | top: no force | `N >= mu T` | 0 |
/// | bottom: the friction holds | `mu N + T <= 0` | `D/mu² (N² + T²)` |
/// | middle: the contact slides | else | `D/(mu² (1 + mu²)) (N - mu T)²` |
///
/// In the bottom this is `D r_0² + Σ D_j r_j²` with the weights `D_j = D (mu_j/mu)²`.
///
/// - Source: MuJoCo documentation, "Computation", friction cones and primal problem.
private struct FrictionCone {
  let slope: Lanes
  let holding: Lanes
  let sliding: Lanes

  @inline(__always)
  init(slope: Double, weight: Lanes) {
    self.slope = broadcast(slope)
    holding = weight / (slope * slope)
    sliding = holding / (1 + slope * slope)
  }

  /// Where the cost is zero.
  @inline(__always)
  func isTop(_ point: ConePoint) -> LaneMask { point.normal .>= slope * point.length }

  /// Where the friction holds.
  @inline(__always)
  func isBottom(_ point: ConePoint) -> LaneMask { fma(slope, point.normal, point.length) .<= 0 }

  /// `x` in the bottom, `y` in the middle, 0 at the top.
  @inline(__always)
  private func choose(_ point: ConePoint, bottom x: Lanes, middle y: Lanes) -> Lanes {
    Lanes.select(y.replacing(with: x, where: isBottom(point)), where: .!isTop(point))
  }

  /// Twice the cost.
  @inline(__always)
  func doubleCost(_ point: ConePoint) -> Lanes {
    let gap = fnma(slope, point.length, point.normal)
    return choose(
      point,
      bottom: holding * fma(point.normal, point.normal, point.length * point.length),
      middle: sliding * gap * gap)
  }

  /// The gradient of the cost: `normal` along `N`, and `tangential` times `U`.
  @inline(__always)
  func gradient(_ point: ConePoint) -> (normal: Lanes, tangential: Lanes) {
    let gap = fnma(slope, point.length, point.normal)
    let pull = sliding * gap
    return (
      choose(point, bottom: holding * point.normal, middle: pull),
      choose(point, bottom: holding, middle: slope * pull.negated / point.safeLength)
    )
  }

  /// The second derivative of the cost along a direction: `normal` of `N`, and of `U` the product
  /// `turn = U · p` and the square `square = p · p`.
  @inline(__always)
  func curvature(_ point: ConePoint, along normal: Lanes, turn: Lanes, square: Lanes) -> Lanes {
    // p along U changes T, p across U turns U
    let along = turn / point.safeLength
    let across = fnma(along, along, square)
    let change = fnma(slope, along, normal)
    return choose(
      point,
      bottom: holding * fma(normal, normal, square),
      middle: fma(sliding * change, change, gradient(point).tangential * across))
  }
}

/// The scaled residuals of one cone: `N` and `T`.
private struct ConePoint {
  var normal: Lanes
  var length: Lanes

  /// `T` where it is not zero, else 1. It is not zero in the middle.
  @inline(__always)
  var safeLength: Lanes { length.replacing(with: broadcast(1), where: length .== 0) }
}

/// One cone on the search line at `alpha`.
private struct ConeLine {
  var point: ConePoint
  /// `U · p` there, and `p · p`.
  var turn: Lanes
  var square: Lanes
}

/// Elliptic friction cones, in place of the pyramids of contacts.
///
/// The slots of one contact follow each other. All have its normal row, and each has one tangential
/// row. A contact in the plane has one slot, since its other tangent leaves the plane. With one slot the
/// cost is piecewise quadratic, with more it is not, and Newton's method does not end at the minimiser.
extension PlanarKernel {
  /// Finds the cones in the contact slots.
  private func formCones() {
    let w = work
    let firstSpatial = tables.pointCount &+ tables.pairCount
    var slot = 0
    while slot < w.counts[1] {
      let contact = w.contactSlots[slot]
      var size = 1
      if contact >= firstSpatial {
        size = max(1, tables.spatial[contact &- firstSpatial].dimension &- 1)
      } else if slot >= w.counts[2] {
        // capsules whose axes cross have both tangents in the plane
        let state = w.pairContacts[slot]
        size = any((state.normalX .!= 0) .| (state.normalY .!= 0)) ? 1 : 2
      }
      w.coneSizes[slot] = size
      for other in 1..<size { w.coneSizes[slot &+ other] = 0 }
      slot &+= size
    }
  }

  /// The cone of the contact that has its first slot at `slot`.
  @inline(__always)
  private func cone(_ slot: Int) -> FrictionCone {
    FrictionCone(
      slope: tables.coneSlopes[work.contactSlots[slot]], weight: work.contacts[slot].weight)
  }

  /// The length of a vector, given its only component or the sum of the squares.
  @inline(__always)
  private func length(_ size: Int, _ component: Lanes, _ square: Lanes) -> Lanes {
    size == 1 ? component.magnitude : square.squareRoot()
  }

  /// The scaled residuals of a cone, changed by `share` of the slopes.
  @inline(__always)
  private func point(_ slot: Int, share: Lanes) -> ConeLine {
    let w = work
    let size = w.coneSizes[slot]
    var (component, length, turn, square) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for place in slot..<slot &+ size {
      let p = w.contacts[place].tangentSlope
      component = fma(share, p, w.contacts[place].tangentResidual)
      length = fma(component, component, length)
      turn = fma(component, p, turn)
      square = fma(p, p, square)
    }
    let normal = fma(share, w.contacts[slot].slope, w.contacts[slot].residual)
    return ConeLine(
      point: ConePoint(
        normal: normal * tables.coneSlopes[w.contactSlots[slot]],
        length: self.length(size, component, length)),
      turn: turn, square: square)
  }

  /// Residuals of the contacts at `a_s`, and their changes up to the warm start; returns twice the cost
  /// at both.
  @inline(never)
  func startCones() -> (smooth: Lanes, warm: Lanes) {
    let w = work
    formCones()
    var cost = (smooth: Lanes.zero, warm: Lanes.zero)
    for slot in 0..<w.counts[1] {
      let friction = broadcast(tables.contacts[w.contactSlots[slot]].friction)
      let residual = contactProduct(slot, w.smoothAcceleration)
      let change = contactProduct(slot, w.difference)
      w.contacts[slot].residual = residual.normal - w.contacts[slot].reference
      w.contacts[slot].tangentResidual = fnma(
        w.contacts[slot].tangentReference, friction, residual.tangent)
      w.contacts[slot].slope = change.normal
      w.contacts[slot].tangentSlope = change.tangent
    }
    for slot in 0..<w.counts[1] where w.coneSizes[slot] > 0 {
      let cone = cone(slot)
      cost.smooth += cone.doubleCost(point(slot, share: .zero).point)
      cost.warm += cone.doubleCost(point(slot, share: broadcast(1)).point)
    }
    return cost
  }

  /// Moves the residuals of the contacts by a share of their changes.
  @inline(never)
  func moveCones(_ share: Lanes) {
    let w = work
    for slot in 0..<w.counts[1] {
      w.contacts[slot].residual = fma(share, w.contacts[slot].slope, w.contacts[slot].residual)
      w.contacts[slot].tangentResidual = fma(
        share, w.contacts[slot].tangentSlope, w.contacts[slot].tangentResidual)
    }
  }

  /// Adds the forces of the contacts to `constraintForce`.
  @inline(never)
  func addConeForces() {
    let w = work
    for slot in 0..<w.counts[1] where w.coneSizes[slot] > 0 {
      let gradient = cone(slot).gradient(point(slot, share: .zero).point)
      let slope = tables.coneSlopes[w.contactSlots[slot]]
      let friction = tables.contacts[w.contactSlots[slot]].friction
      for place in slot..<slot &+ w.coneSizes[slot] {
        addTransposed(
          place, up: place == slot ? gradient.normal * -slope : .zero,
          along: gradient.tangential * w.contacts[place].tangentResidual * -friction,
          to: w.constraintForce)
      }
    }
  }

  /// The normal force and the factor of the tangential residuals in the friction forces of a cone.
  func coneForces(_ slot: Int) -> (normal: Lanes, tangential: Lanes) {
    let gradient = cone(slot).gradient(point(slot, share: .zero).point)
    let slope = tables.coneSlopes[work.contactSlots[slot]]
    return (gradient.normal * -slope, gradient.tangential.negated)
  }

  /// Adds the curvatures of the contacts in `lanes` to `matrix`.
  ///
  /// With the rows `n` of `N` and `u_j` of `U_j`, that of the bottom is `D/mu² (n nᵀ + Σ u_j u_jᵀ)`. In the
  /// middle, with `s = Σ U_j/T u_j` and the factor `k = g/U` of the tangential gradient, it is
  /// `D/(mu² (1 + mu²)) (n - mu s)(n - mu s)ᵀ + k (Σ u_j u_jᵀ - s sᵀ)`.
  @inline(never)
  func addConeCurvature(_ lanes: LaneMask) {
    let w = work
    for slot in 0..<w.counts[1] where w.coneSizes[slot] > 0 {
      let cone = cone(slot)
      let point = point(slot, share: .zero).point
      let acts = lanes .& .!cone.isTop(point) .& (w.contacts[slot].weight .> 0)
      guard any(acts) else { continue }
      let bottom = Lanes.select(cone.holding, where: acts .& cone.isBottom(point))
      let middle = Lanes.select(cone.sliding, where: acts .& .!cone.isBottom(point))
      let turning = Lanes.select(cone.gradient(point).tangential, where: middle .> 0)
      let contact = tables.contacts + w.contactSlots[slot]
      let friction = broadcast(contact.pointee.friction)
      let size = w.coneSizes[slot]
      // rows of N are mu times the normal one
      let (a, ac) = (cone.slope * cone.slope * (bottom + middle), cone.slope * cone.slope * middle)
      if size == 1 {
        let sign = broadcast(1).replacing(
          with: broadcast(-1), where: w.contacts[slot].tangentResidual .< 0)
        addRows(
          slot, w.contactTangent + slot &* tables.chainLength, a, ac.negated * sign * friction,
          (ac + bottom) * friction * friction)
        continue
      }
      for link in 0...contact.pointee.links {
        var sum = Lanes.zero
        for place in slot..<slot &+ size {
          sum = fma(
            w.contacts[place].tangentResidual,
            (w.contactTangent + place &* tables.chainLength)[link], sum)
        }
        w.coneTangent[link] = friction * sum / point.safeLength
      }
      addRows(slot, w.coneTangent, a, ac.negated, ac - turning)
      for place in slot..<slot &+ size {
        addRows(
          place, w.contactTangent + place &* tables.chainLength, .zero, .zero,
          (bottom + turning) * friction * friction)
      }
    }
  }

  /// Adds `a n nᵀ + b (n tᵀ + t nᵀ) + c t tᵀ` to `matrix`, for the normal row `n` of a slot and a tangential
  /// row `t`; a contact that the slides of the root move has them in both, as `(0, 1)` and `(1, 0)`.
  private func addRows(
    _ slot: Int, _ tangent: UnsafePointer<Lanes>, _ a: Lanes, _ b: Lanes, _ c: Lanes
  ) {
    let contact = tables.contacts + work.contactSlots[slot]
    let normal = work.contactNormal + slot &* tables.chainLength
    let rows = tables.chainRows + contact.pointee.chain
    let columns = tables.chainColumns + contact.pointee.chain
    let hasSlides = contact.pointee.hasSlides
    if hasSlides {
      work.matrix[0] += c
      work.matrix[1] += b
      work.matrix[2] += a
    }
    for link in 0...contact.pointee.links {
      let row = work.matrix + rows[link]
      let alongT = fma(b, normal[link], c * tangent[link])
      let alongN = fma(a, normal[link], b * tangent[link])
      if hasSlides {
        row[0] += alongT
        row[1] += alongN
      }
      for column in 0...link {
        row[columns[column]] = fma(
          alongN, normal[column], fma(alongT, tangent[column], row[columns[column]]))
      }
    }
  }

  /// The changes of the residuals of the contacts along the search direction.
  @inline(never)
  func aimCones() {
    let w = work
    for slot in 0..<w.counts[1] {
      let product = contactProduct(slot, w.direction)
      w.contacts[slot].slope = product.normal
      w.contacts[slot].tangentSlope = product.tangent
    }
  }

  /// What the cones add to slope and curvature of the quadratic model at `alpha`, and where they are no
  /// longer in the same piece of it as at `last`.
  @inline(never)
  func lineCones(
    alpha: Lanes, last: Lanes
  ) -> (slope: Lanes, curvature: Lanes, switched: LaneMask) {
    let w = work
    var result = (slope: Lanes.zero, curvature: Lanes.zero, switched: LaneMask(repeating: false))
    for slot in 0..<w.counts[1] where w.coneSizes[slot] > 0 {
      let cone = cone(slot)
      let normal = w.contacts[slot].slope * cone.slope
      let here = point(slot, share: .zero)
      let next = point(slot, share: alpha.negated)
      let previous = point(slot, share: last.negated)
      func derivatives(_ line: ConeLine) -> (first: Lanes, second: Lanes) {
        let gradient = cone.gradient(line.point)
        return (
          fma(gradient.normal, normal, gradient.tangential * line.turn),
          cone.curvature(line.point, along: normal, turn: line.turn, square: line.square)
        )
      }
      let (model, actual) = (derivatives(here), derivatives(next))
      // the line leads against the slopes of the residuals
      result.slope += fnma(alpha, model.second, model.first) - actual.first
      result.curvature += actual.second - model.second
      let (top, bottom) = (cone.isTop(next.point), cone.isBottom(next.point))
      var isOther =
        (top .^ cone.isTop(previous.point)) .| (bottom .^ cone.isBottom(previous.point))
      let isMiddle = .!(top .| bottom)
      if w.coneSizes[slot] > 1 {
        // there the cost is not quadratic
        isOther = isOther .| isMiddle
      } else {
        isOther = isOther .| (isMiddle .& (next.turn * previous.turn .< 0))
      }
      result.switched = result.switched .| (isOther .& (w.contacts[slot].weight .> 0))
    }
    return result
  }

  /// Moves the residuals of the contacts to `alpha`, and returns twice what the cost exceeds the quadratic
  /// model by.
  @inline(never)
  func advanceCones(alpha: Lanes) -> Lanes {
    let w = work
    var excess = Lanes.zero
    for slot in 0..<w.counts[1] where w.coneSizes[slot] > 0 {
      let cone = cone(slot)
      let normal = w.contacts[slot].slope * cone.slope
      let here = point(slot, share: .zero)
      let gradient = cone.gradient(here.point)
      let first = fma(gradient.normal, normal, gradient.tangential * here.turn)
      let second = cone.curvature(
        here.point, along: normal, turn: here.turn, square: here.square)
      let predicted = alpha * fnma(broadcast(2), first, alpha * second)
      excess +=
        cone.doubleCost(point(slot, share: alpha.negated).point)
        - cone.doubleCost(here.point) - predicted
    }
    moveCones(alpha.negated)
    return excess
  }
}
