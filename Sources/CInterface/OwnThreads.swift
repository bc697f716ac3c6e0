import CLibrary

/// Does pieces of work side by side on threads that end before the call does, so that nothing of them is
/// there at a fork.
///
/// - Parameters:
///   - count: the number of pieces.
///   - body: does one piece; its results are its own.
func onOwnThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  guard count > 1 else { return (0..<count).forEach(body) }
  final class Piece {
    let index: Int
    let body: @Sendable (Int) -> Void
    init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
      (self.index, self.body) = (index, body)
    }
  }
  var threads: [pthread_t] = []
  var rest = [0]
  for index in 1..<count {
    var thread = pthread_t()
    let piece = Unmanaged.passRetained(Piece(index, body))
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let piece = Unmanaged<Piece>.fromOpaque(argument).takeRetainedValue()
        piece.body(piece.index)
        return nil
      }, piece.toOpaque())
    if status == 0 {
      threads.append(thread)
    } else {
      // the system has no thread left: the calling one does it
      piece.release()
      rest.append(index)
    }
  }
  rest.forEach(body)
  for thread in threads { pthread_join(thread, nil) }
}

/// Runs asynchronous work to its end on the calling thread and on helpers that end with it: Swift's own pool,
/// which a fork breaks, is not used.
///
/// - Parameters:
///   - threads: how many threads there are, with the calling one.
///   - body: the work.
/// - Returns: What the work gives.
/// - Throws: What the work throws.
func finish<Value>(
  threads: Int, _ body: @escaping () async throws -> Value
) throws -> Value {
  try requireUsableKernels()
  let loop = JobQueue()
  nonisolated(unsafe) let body = body
  nonisolated(unsafe) var outcome: Result<Value, any Error>?
  Task(executorPreference: loop) {
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    loop.end()
  }
  onOwnThreads(max(1, threads)) { _ in loop.run() }
  guard let outcome else { throw CallError(METATAPE_FAILED, "The work was lost.") }
  return try outcome.get()
}

/// Jobs of asynchronous functions, which whoever calls ``run()`` does.
private final class JobQueue: TaskExecutor, @unchecked Sendable {
  private var jobs: [UnownedJob] = []
  private var first = 0
  private var isOver = false
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Lets ``run()`` return on all threads.
  func end() {
    pthread_mutex_lock(mutex)
    isOver = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Does jobs until the end.
  func run() {
    while let job = take() { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  private func take() -> UnownedJob? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while first == jobs.count && !isOver { pthread_cond_wait(condition, mutex) }
    guard first < jobs.count else { return nil }
    defer {
      first += 1
      if first == jobs.count { (jobs, first) = ([], 0) }
    }
    return jobs[first]
  }
}
