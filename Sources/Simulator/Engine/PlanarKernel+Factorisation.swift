extension PlanarKernel {
  /// Factors a tree-sparse matrix in place: `A = Lᵀ D L` with unit lower triangular `L`.
  ///
  /// Rows are eliminated from the leaves to the root. The row of `i` changes only rows of
  /// ancestors of `i`, in columns of ancestors of `i`, so no entry appears outside the pattern.
  /// The diagonal is replaced by `1/D`.
  ///
  /// - Complexity: `Σ_i depth_i (depth_i + 1)/2` multiply-adds and one division per row.
  /// - Source: Featherstone (2005), "Efficient factorization of the joint-space inertia matrix for
  ///   branched kinematic trees".
  @inline(__always)
  func factor(_ a: UnsafeMutablePointer<Lanes>) {
    // every row changes the slides' rows; keep those in registers
    var xx = a[0]
    var xy = a[1]
    var yy = a[2]
    var index = tables.bodyCount
    while index > 0 {
      index &-= 1
      let body = tables.bodies + index
      let depth = body.pointee.depth
      let row = a + body.pointee.row
      let inverse = 1 / row[2 &+ depth]
      let x = row[0]
      let y = row[1]
      let root = row[2]
      row[2 &+ depth] = inverse

      // hinges of the path, nearest first
      let path = tables.pathRows + body.pointee.path
      var link = depth
      while link > 0 {
        link &-= 1
        let target = a + path[link]
        let scale = row[2 &+ link] * inverse
        target[0] = fnma(scale, x, target[0])
        target[1] = fnma(scale, y, target[1])
        target[2] = fnma(scale, root, target[2])
        var column = 3
        while column <= link &+ 2 {
          target[column] = fnma(scale, row[column], target[column])
          column &+= 1
        }
        row[2 &+ link] = scale
      }

      // the slides
      let scaleY = y * inverse
      let scaleX = x * inverse
      xy = fnma(scaleY, x, xy)
      yy = fnma(scaleY, y, yy)
      xx = fnma(scaleX, x, xx)
      row[1] = scaleY
      row[0] = scaleX
    }
    let inverse = 1 / yy
    let scale = xy * inverse
    a[0] = 1 / fnma(scale, xy, xx)
    a[1] = scale
    a[2] = inverse
  }

  /// Solves `A x = b` in place, given the factor of `A` from ``factor(_:)``.
  @inline(__always)
  func solve(_ a: UnsafePointer<Lanes>, _ x: UnsafeMutablePointer<Lanes>) {
    // Lᵀ y = b, from the leaves; the slides' entries stay in registers
    var x0 = x[0]
    var x1 = x[1]
    var index = tables.bodyCount
    while index > 0 {
      index &-= 1
      let body = tables.bodies + index
      let depth = body.pointee.depth
      let row = a + body.pointee.row
      let value = x[index &+ 2]
      let path = tables.pathDofs + body.pointee.path
      x0 = fnma(row[0], value, x0)
      x1 = fnma(row[1], value, x1)
      var link = 0
      while link < depth {
        let ancestor = x + path[link]
        ancestor.pointee = fnma(row[2 &+ link], value, ancestor.pointee)
        link &+= 1
      }
    }
    // D and the slides' part of L
    x0 = fnma(a[1], x1, x0) * a[0]
    x1 = fnma(a[1], x0, x1 * a[2])
    x[0] = x0
    x[1] = x1
    // L x = D⁻¹ y, from the root
    index = 0
    while index < tables.bodyCount {
      let body = tables.bodies + index
      let depth = body.pointee.depth
      let row = a + body.pointee.row
      var value = x[index &+ 2] * row[2 &+ depth]
      value = fnma(row[0], x0, value)
      value = fnma(row[1], x1, value)
      let path = tables.pathDofs + body.pointee.path
      var link = 0
      while link < depth {
        value = fnma(row[2 &+ link], x[path[link]], value)
        link &+= 1
      }
      x[index &+ 2] = value
      index &+= 1
    }
  }

  /// Multiplies a tree-sparse symmetric matrix with a vector.
  @inline(__always)
  func multiply(
    _ a: UnsafePointer<Lanes>, _ x: UnsafePointer<Lanes>, into y: UnsafeMutablePointer<Lanes>
  ) {
    let x0 = x[0]
    let x1 = x[1]
    var y0 = fma(a[0], x0, a[1] * x1)
    var y1 = fma(a[1], x0, a[2] * x1)
    var index = 0
    while index < tables.bodyCount {
      let body = tables.bodies + index
      let depth = body.pointee.depth
      let row = a + body.pointee.row
      let value = x[index &+ 2]
      var sum = fma(row[0], x0, fma(row[1], x1, row[2 &+ depth] * value))
      y0 = fma(row[0], value, y0)
      y1 = fma(row[1], value, y1)
      let path = tables.pathDofs + body.pointee.path
      var link = 0
      while link < depth {
        let ancestor = path[link]
        sum = fma(row[2 &+ link], x[ancestor], sum)
        y[ancestor] = fma(row[2 &+ link], value, y[ancestor])
        link &+= 1
      }
      y[index &+ 2] = sum
      index &+= 1
    }
    y[0] = y0
    y[1] = y1
  }
}
