import Files

// The lines of the protocol, as they are encoded and decoded.

protocol ProgramAnswer: Decodable {
  var id: Int? { get }
  var error: String? { get }
}

struct HelloRequest: Encodable {
  let id: Int
  let request: String
  let `protocol`: Int
}

struct HelloAnswer: ProgramAnswer {
  let id: Int?
  let error: String?
  let `protocol`: Int?
  let name: String?
  let dtype: String?
  let ordered: Bool?
  let unbiased: Bool?
}

/// The table's keys beside the request's.
struct ProblemRequest: Encodable {
  let id: Int
  let table: TrajectoryTable

  private enum Keys: String, CodingKey { case id, request }

  func encode(to encoder: any Encoder) throws {
    try table.encode(to: encoder)
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(id, forKey: .id)
    try container.encode("problem", forKey: .request)
  }
}

struct FramedRequest: Encodable {
  let id: Int
  let request: String
  let frame: Int
}

struct FramedAnswer: ProgramAnswer {
  let id: Int?
  let error: String?
  let frame: Int?
}

struct Acknowledgement: ProgramAnswer {
  let id: Int?
  let error: String?
}

struct AdaptRequest: Encodable {
  let id: Int
  var request = "adapt"
  let chains: [[[Int]]]
  let parameters: [[Double]]?
}

struct AdaptAnswer: ProgramAnswer {
  let id: Int?
  let error: String?
  let parameters: [[Double]]?
}

struct EstimateRequest: Encodable {
  let id: Int
  var request = "estimate"
  let chains: [[[Int]]]
  let outer: [[Int]]
}

struct EstimateAnswer: ProgramAnswer {
  let id: Int?
  let error: String?
  let gradients: [[Double]]?
}
