import Requirements

/// What meta-training learns: the policy's parameters `θ` and whatever else, as named blocks of one vector.
public struct MetaParameters: Equatable, Sendable {
  /// The blocks: the policy's own, then the others.
  public let layout: ParameterLayout
  /// The number of the policy's parameters, which come first.
  public let policyCount: Int
  /// All values, in the layout.
  public var values: [Double]

  /// Creates parameters.
  ///
  /// - Parameters:
  ///   - policy: the layout of the policy's parameters.
  ///   - others: names and shapes of what else is learned.
  ///   - values: all values, the policy's first.
  /// - Precondition: there are as many values as the blocks say.
  public init(
    policy: ParameterLayout, others: [(name: String, rows: Int, columns: Int)] = [],
    values: [Double]
  ) {
    var layout = policy
    for block in others { layout.add(block.name, rows: block.rows, columns: block.columns) }
    require(
      values.count == layout.count, "\(values.count) values for \(layout.count) parameters.")
    (self.layout, policyCount, self.values) = (layout, policy.count, values)
  }

  /// The policy's parameters `θ`.
  public var policy: [Double] {
    get { values.count == policyCount ? values : Array(values[..<policyCount]) }
    set {
      require(
        newValue.count == policyCount,
        "The policy has \(policyCount) parameters, not \(newValue.count).")
      values.replaceSubrange(..<policyCount, with: newValue)
    }
  }

  /// The values of a block; nil if there is none of that name.
  ///
  /// What is set must have the block's size.
  public subscript(name: String) -> [Double]? {
    get { layout[name].map { Array(values[$0.range]) } }
    set {
      guard let block = layout[name], let newValue, newValue.count == block.count else {
        requirementFailure(
          "\(newValue?.count ?? 0) values for the block '\(name)' of \(layout[name]?.count ?? 0).")
      }
      values.replaceSubrange(block.range, with: newValue)
    }
  }
}
