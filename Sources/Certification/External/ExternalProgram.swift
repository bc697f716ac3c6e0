import Files
import TensorFiles

/// A program in any language that answers the protocol's requests over its standard streams.
///
/// The protocol is on the page "Certify a program in any language".
public final class ExternalProgram: ExternalEstimator {
  /// The version of the protocol.
  public static let protocolVersion = 1

  /// Limits of a program's behaviour.
  public struct Limits: Sendable {
    /// The seconds that it may take to start and say what it is.
    public var start = 120.0
    /// The seconds that it may take for one answer.
    public var reply = 120.0
    /// The chains of one request.
    public var chunk = 1000

    /// The defaults.
    public init() {}
  }

  /// What it said of itself.
  public let identity: ExternalIdentity
  /// Told after every answer how many chains of a kind of request were answered, of how many.
  public var onAnswer: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  private let process: ChildProcess
  private let limits: Limits
  private var lastID = 1
  private var parameterCount = 0
  /// The chains of the requests of each kind while the problem stands; the key tells the number of
  /// batches too, with which the shape of the request changes.
  private var chunks: [String: Int] = [:]

  /// The longest answer: 100 numbers a chain are allowed.
  private var longestAnswer: Int {
    max(1 << 20, 2600 * max(limits.chunk, 1) + 64 * parameterCount * limits.chunk)
  }

  /// Starts a program and asks what it is.
  ///
  /// - Parameters:
  ///   - command: for the shell.
  ///   - limits: of its time, and of the requests' size.
  ///   - isStopped: asked ten times a second; if true, the program is ended and the exchange fails.
  /// - Throws: ``ExternalError`` in one sentence.
  public init(
    _ command: String, limits: Limits = Limits(), isStopped: @escaping () -> Bool = { false }
  ) throws(ExternalError) {
    do throws(SystemError) {
      process = try ChildProcess(command, isStopped: isStopped)
    } catch {
      throw ExternalError("The program cannot be started (\(error.description)).")
    }
    self.limits = limits
    let hello = HelloRequest(id: 1, request: "hello", protocol: Self.protocolVersion)
    let answer: HelloAnswer = try Self.ask(
      hello, id: 1, process, within: limits.start, option: "start-limit", atMost: 1 << 20)
    guard answer.protocol == Self.protocolVersion else {
      throw ExternalError(
        "The program speaks version \(answer.protocol.map(String.init) ?? "unknown") of the protocol; this is version \(Self.protocolVersion)."
      )
    }
    guard let name = answer.name, !name.isEmpty else {
      throw ExternalError("The answer to 'hello' has no 'name'.")
    }
    guard let dtype = answer.dtype, ["float64", "float32"].contains(dtype) else {
      throw ExternalError(
        "The answer to 'hello' has the dtype \(answer.dtype.map { "'\($0)'" } ?? "null"); it should be 'float64' or 'float32'."
      )
    }
    identity = ExternalIdentity(
      name: name, isSinglePrecision: dtype == "float32", isOrdered: answer.ordered ?? false,
      claimsUnbiased: answer.unbiased ?? false)
  }

  /// Ends the program.
  public func end() { process.end() }

  /// Sends the problem.
  public func pose(_ table: TrajectoryTable) throws(ExternalError) {
    chunks = [:]
    parameterCount = table.parameters.count
    let _: Acknowledgement = try ask { ProblemRequest(id: $0, table: table) }
  }

  /// Inner steps, in chunks of one size.
  public func adapt(
    _ chains: [[[Int]]], from start: [[Double]]?
  ) throws(ExternalError) -> [[Double]] {
    let kind = "adapt \(chains.first?.count ?? 0) \(start == nil)"
    return try inChunks(kind, chains.count) { range throws(ExternalError) in
      let answer: AdaptAnswer = try ask {
        AdaptRequest(
          id: $0, chains: range.map { chains[$0] },
          parameters: start.map { start in range.map { start[$0] } })
      }
      return try checked(answer.parameters, "parameters", answer.id, count: range.count)
    }
  }

  /// Estimates, in chunks of one size.
  public func estimate(
    _ chains: [[[Int]]], outer: [[Int]]
  ) throws(ExternalError) -> [[Double]] {
    try inChunks("estimate", chains.count) { range throws(ExternalError) in
      let answer: EstimateAnswer = try ask {
        EstimateRequest(id: $0, chains: range.map { chains[$0] }, outer: range.map { outer[$0] })
      }
      return try checked(answer.gradients, "gradients", answer.id, count: range.count)
    }
  }

  /// Asks chunk by chunk; the indices of the last are filled up with its last one.
  private func inChunks(
    _ kind: String, _ count: Int, _ ask: ([Int]) throws(ExternalError) -> [[Double]]
  ) throws(ExternalError) -> [[Double]] {
    let size = chunks[kind] ?? min(limits.chunk, count)
    chunks[kind] = size
    var result: [[Double]] = []
    var next = 0
    while next < count {
      let indices = (next..<next + size).map { min($0, count - 1) }
      result += try ask(indices).prefix(count - next)
      next += size
      onAnswer(min(next, count), count)
    }
    return result
  }

  private func checked(
    _ rows: [[Double]]?, _ key: String, _ id: Int?, count: Int
  ) throws(ExternalError) -> [[Double]] {
    guard let rows else { throw ExternalError("The answer \(id ?? 0) has no '\(key)'.") }
    guard rows.count == count, rows.allSatisfy({ $0.count == parameterCount }) else {
      let shape =
        "[\(rows.count), \(rows.first { $0.count != parameterCount }?.count ?? rows.first?.count ?? 0)]"
      throw ExternalError(
        "'\(key)' of the answer \(id ?? 0) has the shape \(shape) instead of [\(count), \(parameterCount)]: one row for each chain of the request, one number for each parameter."
      )
    }
    return rows
  }

  /// Asks with a frame of arrays behind the line, for one with arrays behind its line.
  func askForArrays(
    _ request: String, _ arrays: NamedArrays, metadata: [String: String] = [:]
  ) throws(ExternalError) -> NamedArrays {
    guard let frame = try? SafeTensors.encode(arrays, metadata: metadata) else {
      throw ExternalError("The request '\(request)' cannot be written.")
    }
    let answer: FramedAnswer = try ask(with: Array(frame)) {
      FramedRequest(id: $0, request: request, frame: frame.count)
    }
    guard let count = answer.frame, count > 0 else { return NamedArrays() }
    guard count <= 1 << 30 else {
      throw ExternalError("The answer \(lastID) announces \(count) bytes, which is too many.")
    }
    let bytes: [UInt8]
    do throws(ChildProcess.Failure) {
      bytes = try process.read(count, within: limits.reply)
    } catch { throw Self.ended(process, error, limits.reply, option: "reply-limit") }
    do throws(SafeTensors.FormatError) {
      let arrays = try SafeTensors.Document(Data(bytes), name: "The answer's frame").arrays()
      guard arrays.entries.allSatisfy({ $0.elements.allSatisfy(\.isFinite) }) else {
        throw SafeTensors.FormatError(
          description:
            "The answer to '\(request)' holds a NaN or an infinity. Find out where it comes from.")
      }
      return arrays
    } catch { throw ExternalError(error.description) }
  }

  private func ask<Answer: ProgramAnswer>(
    with frame: [UInt8] = [], _ request: (Int) -> some Encodable
  ) throws(ExternalError) -> Answer {
    lastID += 1
    return try Self.ask(
      request(lastID), frame, id: lastID, process, within: limits.reply, option: "reply-limit",
      atMost: longestAnswer)
  }

  private static func ask<Answer: ProgramAnswer>(
    _ request: some Encodable, _ frame: [UInt8] = [], id: Int, _ process: ChildProcess,
    within seconds: Double,
    option: String, atMost limit: Int
  ) throws(ExternalError) -> Answer {
    let bytes: [UInt8]
    do throws(ChildProcess.Failure) {
      let line = ((try? JSONEncoder().encode(request)) ?? Data()) + Data("\n".utf8)
      bytes = try process.exchange(Array(line) + frame, within: seconds, atMost: limit)
    } catch { throw ended(process, error, seconds, option: option) }
    do {
      let answer = try JSONDecoder().decode(Answer.self, from: Data(bytes))
      if let error = answer.error {
        process.end()
        throw ExternalError("The program reports an error: \(error)\(tail(process))")
      }
      guard answer.id == id else {
        throw ExternalError(
          "The program answered request \(answer.id.map(String.init) ?? "null") when asked \(id): it has to answer every request once, in order, with its 'id'."
        )
      }
      return answer
    } catch let error as ExternalError { throw error } catch {
      let text = String(decoding: bytes.prefix(200), as: UTF8.self)
      let whole = String(decoding: bytes, as: UTF8.self)
      process.end()
      if ["NaN", "Infinity"].contains(where: { whole.contains($0) }) {
        throw ExternalError(
          "The program's answer \(id) holds a NaN or an infinity, which JSON does not have. Find out where it comes from, and reply {\"id\": …, \"error\": …} for such numbers."
        )
      }
      throw ExternalError(
        "The program's standard output holds something that is not an answer in JSON: '\(text)'. Write answers alone there, one on a line; prints belong to the standard error."
      )
    }
  }

  /// Ends the program and says why, with the end of its standard error.
  private static func ended(
    _ process: ChildProcess, _ failure: ChildProcess.Failure, _ seconds: Double, option: String
  ) -> ExternalError {
    process.end()
    return ExternalError(sentence(failure, seconds, option: option) + tail(process))
  }

  private static func sentence(
    _ failure: ChildProcess.Failure, _ seconds: Double, option: String
  ) -> String {
    switch failure {
    case .timedOut:
      "The program did not answer within \(seconds.short) s; --\(option) allows more."
    case .ended(let how): "The program \(how) instead of answering."
    case .tooLong:
      "The program's answer has no end: it should be one line with a few numbers for each chain."
    case .stopped: "Stopped."
    case .system(let error): "The program cannot be reached (\(error.description))."
    }
  }

  /// The end of the standard error, if there is any.
  private static func tail(_ process: ChildProcess) -> String {
    let text = process.errorText
    return text.isEmpty ? "" : " Its standard error ends with:\n\(text)"
  }
}
