import CLibrary
@_exported import CMetaTape
import Requirements

/// Why a function of the interface gives a code other than `METATAPE_OK`.
struct CallError: Error {
  let code: Int32
  let message: String

  init(_ code: Int, _ message: String) { (self.code, self.message) = (Int32(code), message) }

  static func argument(_ message: String) -> CallError {
    CallError(METATAPE_INVALID_ARGUMENT, message)
  }
  static func state(_ message: String) -> CallError {
    CallError(METATAPE_INVALID_STATE, message)
  }
}

/// The code of what a body throws; the words are kept for the calling thread.
func answer(_ body: () throws -> Void) -> Int32 {
  Forks.inside {
    do {
      try body()
      return 0
    } catch let error as CallError {
      LastError.set(error.message)
      return error.code
    } catch let error as any ReportedError {
      LastError.set(error.description)
      return Int32(error.exitStatus == .failure ? METATAPE_FAILED : METATAPE_INVALID_ARGUMENT)
    } catch {
      LastError.set("\(error)")
      return Int32(METATAPE_FAILED)
    }
  }
}

/// The last error of each thread.
enum LastError {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { free($0) }
    return key
  }()

  static func set(_ text: String) {
    free(pthread_getspecific(key))
    pthread_setspecific(key, strdup(text))
  }

  /// The text; nil if nothing has failed.
  static var text: UnsafePointer<CChar>? {
    pthread_getspecific(key).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
  }
}
