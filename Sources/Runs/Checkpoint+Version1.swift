import MessagePassing
import Policies

extension Checkpoint {
  /// Files of version 1: moments of Adam by the names of parameters' blocks, the baseline's memory as one
  /// array, counts and health in the metadata.
  enum Version1 {
    /// The arrays as files of this program's version name them.
    ///
    /// - Throws: `SafeTensors.FormatError` if something is missing or cannot be read.
    static func arrays(
      _ document: SafeTensors.Document, _ layout: ParameterLayout
    ) throws(SafeTensors.FormatError) -> NamedArrays {
      let (old, metadata) = (try document.arrays(), document.metadata)
      guard let steps = metadata["optimizer_steps"].flatMap(Int.init),
        let health = health(metadata["health"])
      else { throw document.fail("is damaged: its metadata are not complete.") }
      var result = NamedArrays()
      result[Prefix.outerStep + "step-count"] = [Double(steps)]
      for (before, now) in [("firstMoment", "first-moment"), ("secondMoment", "second-moment")] {
        let moment = layout.blocks.flatMap { old["optimizer.\(before).\($0.name)"] ?? [] }
        if !moment.isEmpty { result[Prefix.outerStep + now] = moment }
      }
      guard let memory = memory(old["baselineMemory"] ?? []) else {
        throw document.fail(
          "has a baseline's memory of version 1 that cannot be read: begin the run anew.")
      }
      result.merge(memory, prefix: Prefix.baseline)
      result.merge(health, prefix: Prefix.health)
      return result
    }

    /// `[weight, mean]` of a running baseline, or for each step of a control variate `[regressors, weight]`,
    /// means, comoments and coefficients.
    private static func memory(_ numbers: [Double]) -> NamedArrays? {
      var result = NamedArrays()
      if numbers.count == 2 {
        (result["running.weight"], result["running.mean"]) = ([numbers[0]], [numbers[1]])
        return result
      }
      var (rest, step) = (numbers[...], 0)
      func take(_ count: Int) -> [Double] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      while let first = rest.first {
        guard let count = Int(exactly: first), (0...1_000_000).contains(count),
          rest.count >= 2 + (count + 1) * (count + 2) + count
        else { return nil }
        let (name, size) = ("control-variate.\(step)", count + 1)
        result["\(name).weight"] = Array(take(2).dropFirst())
        result["\(name).means"] = take(size)
        result.set("\(name).comoments", shape: [size, size], take(size * size))
        result["\(name).coefficients"] = take(count)
        step += 1
      }
      return result
    }

    /// Three counts of epochs and the kinds of findings, separated by spaces; nil if the text is not that.
    private static func health(_ text: String?) -> NamedArrays? {
      var result = NamedArrays()
      guard let text else { return result }
      let words = text.split(separator: " ").map(String.init)
      let counts = words.prefix(3).compactMap(Double.init)
      guard counts.count == 3 else { return nil }
      result["epochs"] = counts
      for kind in words.dropFirst(3) { result[kind] = [] }
      return result
    }
  }
}
