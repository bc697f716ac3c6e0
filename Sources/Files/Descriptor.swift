import CLibrary

/// System calls on open files that complete or throw.
package enum Descriptor {
  /// Writes all bytes, despite interruptions, partial writes and non-blocking descriptors.
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32
  ) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = CLibrary.write(descriptor, part.baseAddress, part.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        try wait(for: Int16(POLLOUT), descriptor)
      } else if errno != EINTR {
        throw .last
      }
    }
  }

  /// Writes all bytes of data.
  package static func write(_ data: Data, to descriptor: Int32) throws(SystemError) {
    // a rethrowing closure would lose the type of the error
    let result = data.withUnsafeBytes { bytes -> Result<Void, SystemError> in
      do throws(SystemError) { return .success(try write(bytes, to: descriptor)) } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Reads to the end, up to a limit.
  ///
  /// - Returns: The bytes, or nil if there are more.
  package static func read(
    from descriptor: Int32, atMost limit: Int
  ) throws(SystemError) -> Data? {
    var data = Data()
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = CLibrary.read(descriptor, &part, part.count)
      if count == 0 { return data }
      if count > 0 {
        data.append(contentsOf: part[..<count])
        if data.count > limit { return nil }
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        try wait(for: Int16(POLLIN), descriptor)
      } else if errno != EINTR {
        throw .last
      }
    }
  }

  private static func wait(for event: Int16, _ descriptor: Int32) throws(SystemError) {
    var request = pollfd(fd: descriptor, events: event, revents: 0)
    if poll(&request, 1, -1) < 0 && errno != EINTR { throw .last }
  }
}
