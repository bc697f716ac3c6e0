extension PlanarKernel {
  /// Writes `matrix = M + Σ_{r_i < 0} D_i J_iᵀ J_i`, the Hessian of the cost on the active rows, in
  /// `lanes`.
  ///
  /// The non-zero columns of a row lie on one path of the ``EliminationTree``, so the sum has the
  /// pattern of the matrices. The four rows of a contact add `a jn jnᵀ + b (jn jtᵀ + jt jnᵀ) + c jt jtᵀ` with
  /// `a = D (2 on_n + on_+ + on_-)`, `b = D mu (on_+ - on_-)`, `c = D mu² (on_+ + on_-)`.
  @inline(__always)
  func hessian(_ lanes: LaneMask) {
    let w = work
    for index in 0..<tables.entryCount { w.matrix[index] = w.mass[index] }
    for place in 0..<w.counts[3] {
      let slot = w.openLimits[place]
      let active = Lanes.select(w.limits[slot].weight, where: w.limits[slot].residual .< 0)
      w.matrix[tables.diagonals[w.limitSlots[slot]]] += active
    }
    let hasSpatial = tables.spatialCount > 0
    for place in 0..<w.counts[4] {
      let slot = w.openContacts[place]
      let r = w.contacts[slot].residual
      let t = w.contacts[slot].tangentResidual
      let weight = w.contacts[slot].weight
      let both = Lanes.select(weight, where: r .< 0)
      let plus = Lanes.select(weight, where: r + t .< 0)
      let minus = Lanes.select(weight, where: r - t .< 0)
      let contact = tables.contacts + w.contactSlots[slot]
      let a = (hasSpatial ? contact.pointee.plain : 2) * both + plus + minus
      guard any((a .> 0) .& lanes) else { continue }
      let friction = broadcast(contact.pointee.friction)
      let b = friction * (plus - minus)
      let c = friction * friction * (plus + minus)
      addContact(slot, a, b, c)
    }
  }

  /// Adds one contact's outer products to `matrix`.
  @inline(__always)
  private func addContact(_ slot: Int, _ a: Lanes, _ b: Lanes, _ c: Lanes) {
    let contact = tables.contacts + work.contactSlots[slot]
    let links = contact.pointee.links
    let hasSlides = contact.pointee.hasSlides
    let tangent = work.contactTangent + slot &* tables.chainLength
    let normal = work.contactNormal + slot &* tables.chainLength
    let rows = tables.chainRows + contact.pointee.chain
    let columns = tables.chainColumns + contact.pointee.chain
    let matrix = work.matrix

    // the slides' columns of jt and jn are (1, 0) and (0, 1)
    if hasSlides {
      matrix[0] += c
      matrix[1] += b
      matrix[2] += a
    }
    var link = 0
    while link <= links {
      let row = matrix + rows[link]
      let alongT = fma(b, normal[link], c * tangent[link])
      let alongN = fma(a, normal[link], b * tangent[link])
      if hasSlides {
        row[0] += alongT
        row[1] += alongN
      }
      var column = 0
      while column <= link {
        let entry = row + columns[column]
        entry.pointee = fma(
          alongN, normal[column], fma(alongT, tangent[column], entry.pointee))
        column &+= 1
      }
      link &+= 1
    }
  }
}
