import Foundation

// snippet: node
/// A tape of numbers: the smallest tape with all four sweeps.
public struct NumberTape {
  enum Operation { case parameter, sum, product, sine }

  /// One recorded operation: its kind, the nodes of its operands, and its result.
  struct Node {
    let operation: Operation
    var (a, b) = (0, 0)
    let value: Double
    var tangent = 0.0
    var adjoint = 0.0
    var adjointTangent = 0.0
  }

  var nodes: [Node] = []

  public init() {}
}
// end snippet

// snippet: forward
extension NumberTape {
  mutating func note(_ value: Double, _ operation: Operation, _ a: Int = 0, _ b: Int = 0) -> Int {
    nodes.append(Node(operation: operation, a: a, b: b, value: value))
    return nodes.count - 1
  }

  public mutating func parameter(_ value: Double) -> Int { note(value, .parameter) }

  public mutating func sum(_ a: Int, _ b: Int) -> Int {
    note(nodes[a].value + nodes[b].value, .sum, a, b)
  }

  public mutating func product(_ a: Int, _ b: Int) -> Int {
    note(nodes[a].value * nodes[b].value, .product, a, b)
  }

  public mutating func sine(_ a: Int) -> Int { note(sin(nodes[a].value), .sine, a) }
}
// end snippet

// snippet: reverse
extension NumberTape {
  /// The derivatives of one node with respect to all nodes before it.
  public mutating func reverse(from output: Int) {
    for i in nodes.indices { nodes[i].adjoint = 0 }
    nodes[output].adjoint = 1
    for i in (0...output).reversed() {
      let (a, b, bar) = (nodes[i].a, nodes[i].b, nodes[i].adjoint)
      switch nodes[i].operation {
      case .parameter: break
      case .sum:
        nodes[a].adjoint += bar
        nodes[b].adjoint += bar
      case .product:
        nodes[a].adjoint += nodes[b].value * bar
        nodes[b].adjoint += nodes[a].value * bar
      case .sine:
        nodes[a].adjoint += cos(nodes[a].value) * bar
      }
    }
  }
}
// end snippet

// snippet: tangent
extension NumberTape {
  /// The derivatives of all nodes along a direction of the parameters.
  public mutating func tangent(along direction: [Int: Double]) {
    for i in nodes.indices {
      let (a, b) = (nodes[nodes[i].a], nodes[nodes[i].b])
      switch nodes[i].operation {
      case .parameter: nodes[i].tangent = direction[i] ?? 0
      case .sum: nodes[i].tangent = a.tangent + b.tangent
      case .product: nodes[i].tangent = a.tangent * b.value + a.value * b.tangent
      case .sine: nodes[i].tangent = cos(a.value) * a.tangent
      }
    }
  }
}
// end snippet

// snippet: reverse tangent
extension NumberTape {
  /// The derivative of every line of `reverse` along the same direction.
  public mutating func reverseTangent(from output: Int) {
    for i in nodes.indices { nodes[i].adjointTangent = 0 }
    for i in (0...output).reversed() {
      let (a, b) = (nodes[i].a, nodes[i].b)
      let (bar, dbar) = (nodes[i].adjoint, nodes[i].adjointTangent)
      switch nodes[i].operation {
      case .parameter: break
      case .sum:
        nodes[a].adjointTangent += dbar
        nodes[b].adjointTangent += dbar
      case .product:
        nodes[a].adjointTangent += nodes[b].value * dbar + nodes[b].tangent * bar
        nodes[b].adjointTangent += nodes[a].value * dbar + nodes[a].tangent * bar
      case .sine:
        let x = nodes[a].value
        nodes[a].adjointTangent += cos(x) * dbar - sin(x) * nodes[a].tangent * bar
      }
    }
  }
}
// end snippet

extension NumberTape {
  public func value(_ node: Int) -> Double { nodes[node].value }
  public func tangent(_ node: Int) -> Double { nodes[node].tangent }
  public func adjoint(_ node: Int) -> Double { nodes[node].adjoint }
  public func adjointTangent(_ node: Int) -> Double { nodes[node].adjointTangent }
}
