import LinearAlgebra
import Requirements

/// The inner step as a map of the parameters, `θ ← θ + A ∇ν(θ)`, and its derivatives.
///
/// `A = diag(α)` has one size for all parameters, unless sizes are learned (``LearnedStepSizes``) or only
/// some blocks adapt (``MetaSettings/adaptedBlocks``). With `H = ∇²ν` and `g = ∇ν`, both at the start of the
/// step:
///
/// - along a direction `u`: `u + A (H u) + g ⊙ u_α`
/// - back: `v + H (A v)`, and the sizes get `g ⊙ v`
///
/// where `u_α` is the direction's part that belongs to the sizes, spread over the parameters that
/// they scale.
///
/// - Source: Li et al. (2017), "Meta-SGD: learning to learn quickly for few-shot learning", for learned
///   sizes; Raghu et al. (2020), "Rapid learning or feature reuse?", for steps of the last layer alone.
public struct InnerStepMap: Equatable, Sendable {
  /// `α` if all parameters share it.
  private let size: Double
  /// The diagonal of `A`; nil if all of it is ``size``.
  private let sizes: [Double]?
  /// For learned sizes, the index of each parameter's size; -1 for parameters that do not adapt.
  private let sources: [Int]?
  /// The parameters that start at zero in every chain and are not learned.
  private let context: Range<Int>?

  /// The map at the start of a chain.
  ///
  /// - Parameters:
  ///   - settings: the step size, and the blocks that adapt.
  ///   - layout: the layout of the parameters, with the block of sizes if they are learned.
  ///   - start: `θ⁰`, which holds learned sizes.
  public init(_ settings: MetaSettings, _ layout: ParameterLayout, start: [Double]) {
    size = settings.innerStepSize
    context = layout[ContextPolicy.blockName]?.range
    let learned = layout[LearnedStepSizes.blockName]
    guard learned != nil || !settings.adaptedBlocks.isEmpty else {
      (sizes, sources) = (nil, nil)
      return
    }
    let policy = layout.blocks.filter { $0.name != LearnedStepSizes.blockName }
    let count = policy.reduce(0) { $0 + $1.count }
    var sources = [Int](repeating: -1, count: layout.count)
    for (number, block) in policy.enumerated() {
      guard settings.adaptedBlocks.isEmpty || settings.adaptedBlocks.contains(block.name) else {
        continue
      }
      for place in block.range {
        guard let learned else {
          sources[place] = 0
          continue
        }
        switch learned.count {
        case 1: sources[place] = learned.offset
        case count: sources[place] = learned.offset + place
        default: sources[place] = learned.offset + number
        }
      }
    }
    let size = size
    sizes = sources.map { $0 < 0 ? 0 : learned == nil ? size : start[$0] }
    self.sources = learned == nil ? nil : sources
  }

  /// Moves parameters by the step: `θ ← θ + A g`.
  package func move(_ parameters: inout [Double], along gradient: [Double]) {
    guard let sizes else { return add(size, gradient, to: &parameters) }
    for i in sizes.indices { parameters[i] += sizes[i] * gradient[i] }
  }

  /// `A v`
  func scaled(_ v: [Double]) -> [Double] {
    guard let sizes else { return v.map { size * $0 } }
    return v.indices.map { sizes[$0] * v[$0] }
  }

  /// What the sizes get from a gradient `v` at the end of the step, `g ⊙ v`, as an addition to a
  /// gradient at its start; nil if no sizes are learned.
  ///
  /// It is taken before `v` changes: an accumulated `v` of later steps belongs to it.
  func sizeGradient(_ gradient: @autoclosure () -> [Double], _ v: [Double]) -> [Double]? {
    guard let sources else { return nil }
    let gradient = gradient()
    var result = [Double](repeating: 0, count: v.count)
    for (place, source) in sources.enumerated() where source >= 0 {
      result[source] += gradient[place] * v[place]
    }
    return result
  }

  /// Sets what a gradient at the start of a chain has for a context to zero.
  package func dropContext(_ gradient: inout [Double]) {
    if let context { for i in context { gradient[i] = 0 } }
  }

  /// `v + H (A v)`, and for learned sizes `g ⊙ v`.
  ///
  /// - Parameters:
  ///   - v: a gradient with respect to the end of the step.
  ///   - gradient: `g`
  ///   - hessian: gives `H` times a vector.
  /// - Returns: The gradient with respect to its start.
  package func pullBack(
    _ v: [Double], gradient: @autoclosure () -> [Double], hessian: ([Double]) -> [Double]
  ) -> [Double] {
    var result = v
    if sizes == nil {
      add(size, hessian(v), to: &result)
    } else {
      add(1, hessian(scaled(v)), to: &result)
    }
    if let more = sizeGradient(gradient(), v) { add(1, more, to: &result) }
    return result
  }

  /// The same, through a recorded step.
  func pullBack(_ v: [Double], through step: RecordedBatch) -> [Double] {
    pullBack(v, gradient: step.gradient) { step.hessianProduct($0) }
  }

  /// `u + A (H u)`, and for learned sizes `g ⊙ u_α`.
  func pushForward(_ u: [Double], through step: RecordedBatch) -> [Double] {
    var result = u
    add(1, scaled(step.hessianProduct(u)), to: &result)
    if let sources {
      let gradient = step.gradient
      for (place, source) in sources.enumerated() where source >= 0 {
        result[place] += gradient[place] * u[source]
      }
    }
    return result
  }
}

extension RecordedBatch {
  /// `H u`, the second derivative of the batch's objective along a direction.
  fileprivate func hessianProduct(_ u: [Double]) -> [Double] {
    secondOrder(direction: u) { _, _, target in target.update(repeating: 0) }
  }
}
