/// The elimination tree of the matrices `M + JᵀDJ`.
///
/// The columns of a row of `M` belong to the ancestors of a body. A contact between two bodies
/// couples all hinges that move one of them relative to the other. In the elimination tree every
/// body that is coupled to an earlier one is its descendant. A matrix with the columns of these
/// ancestors has no fill-in when it is factored from the last body to the first. Without contacts
/// between branches it is the tree of the bodies.
///
/// - Source: Liu (1990), "The role of elimination trees in sparse factorization".
struct EliminationTree {
  /// For each body, its ancestors in the tree from the root outwards, and itself.
  private(set) var paths: [[Int]] = []

  /// The tree of bodies with the given chains from the root, with further sets of coupled bodies.
  init(chains: [[Int]], couplings: [[Int]]) {
    var columns = chains.map { Set($0.dropLast()) }
    for coupling in couplings {
      for body in coupling { columns[body].formUnion(coupling.filter { $0 < body }) }
    }
    var parents = [Int?](repeating: nil, count: chains.count)
    for body in chains.indices.reversed() {
      guard let parent = columns[body].max() else { continue }
      parents[body] = parent
      columns[parent].formUnion(columns[body].filter { $0 < parent })
    }
    for body in chains.indices { paths.append((parents[body].map { paths[$0] } ?? []) + [body]) }
  }
}
