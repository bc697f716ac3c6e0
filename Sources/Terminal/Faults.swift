import CLibrary

/// Faults of the program itself: traps, bad memory, an exhausted stack.
///
/// They end the process with one sentence and exit code 70, below the message that the fault itself
/// printed. Swift's own handlers, which print a backtrace, are replaced.
package enum Faults {
  /// The exit code of a fault.
  package static let exitCode: Int32 = 70

  private static let signals = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGSYS]

  /// Installs the handlers; to be called on the main thread, which takes signals from outside.
  package static func prepare() {
    prepareThread()
    var action = sigaction()
    #if os(Linux)
    action.__sigaction_handler.sa_handler = handle
    #else
    action.__sigaction_u.__sa_handler = handle
    #endif
    action.sa_flags = Int32(SA_ONSTACK)
    // a program that starts this one may pass signals on blocked, and a fault would then end it
    // without its handler
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals {
      sigaction(number, &action, nil)
      sigaddset(&set, number)
    }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// Gives this thread a stack for the handler, which an exhausted stack has no room for.
  package static func prepareThread() {
    let size = 1 << 16
    // it lives as long as the thread
    var stack = stack_t()
    stack.ss_sp = malloc(size)
    stack.ss_size = size
    if stack.ss_sp != nil { sigaltstack(&stack, nil) }
  }

  /// System calls and nothing else: the state of the process is unknown.
  private static let handle: @convention(c) (Int32) -> Void = { number in
    switch number {
    case SIGSEGV, SIGBUS:
      Signals.say("metatape: internal fault: bad memory, or the stack is exhausted.\n")
    case SIGABRT: Signals.say("metatape: internal fault: aborted.\n")
    default: Signals.say("metatape: internal fault: a check of the program failed.\n")
    }
    Signals.say(
      "This is a bug of metatape, not of your input: please report it with the command and its files.\n"
    )
    _exit(70)
  }
}
