import Foundation
import Testing

@testable import LinearAlgebra

#if arch(x86_64)
/// The choice in a process of its own, because a process chooses once. Such a process first makes
/// OpenBLAS take the kernels for a Prescott, as it does by itself on processors it does not know.
@Suite(
  "The choice of kernels",
  .enabled(if: OpenBLAS.canSelect, "this OpenBLAS cannot change its kernels"),
  .enabled(if: OpenBLAS.userChoice == nil, "OPENBLAS_CORETYPE has chosen"))
struct KernelSelectionTests {
  /// What this processor should have where OpenBLAS takes it for a Prescott.
  static var right: String {
    KernelFamily.best(for: .current, chosen: "Prescott", offered: OpenBLAS.offered)
  }

  @Test("OpenBLAS has kernels for processors with AVX2")
  func offered() {
    #expect(OpenBLAS.offered.isSuperset(of: ["Prescott", "Nehalem", "Haswell", "Zen"]))
    #expect(!OpenBLAS.offered.contains("Babbage"))
    #expect(Self.right != "Prescott")
  }

  @Test("a processor that was taken for an old one gets its kernels at the first product")
  func replacement() async {
    await #expect(processExitsWith: .success) {
      #expect(OpenBLAS.take("Prescott"))
      #expect(BLAS.adoptable.first == KernelSelectionTests.right)
      #expect(BLAS.adoptable.contains("Prescott"))
      var generator = SplitMix(seed: 3)
      let (a, b) = (generator.matrix(40, 30), generator.matrix(30, 20))
      let product = a * b
      // the product itself has chosen
      #expect(OpenBLAS.kernels == KernelSelectionTests.right)
      #expect(relativeError(product.elements, naiveProduct(a, b).elements) < 1e-14)
      let selection = BLAS.selection
      #expect(selection.kernels == KernelSelectionTests.right && selection.chosen == "Prescott")
      #expect(selection.reason == .replacement && selection.better == nil)
      #expect(selection.explanation == "instead of Prescott, which OpenBLAS chose")
      #expect(BLAS.coreName == selection.kernels)
      #expect(BLAS.configuration.contains(selection.kernels))
      // children do not inherit it, and OpenBLAS stays in its thread
      #expect(getenv("OPENBLAS_CORETYPE") == nil)
      #expect(BLAS.threadCount == 1)
      #expect(BLAS.check().failure == nil)
    }
  }

  @Test("the choice is made once, whatever thread comes first")
  func sideBySide() async {
    await #expect(processExitsWith: .success) {
      #expect(OpenBLAS.take("Prescott"))
      var generator = SplitMix(seed: 4)
      let (a, b) = (generator.matrix(33, 65), generator.matrix(65, 17))
      let expected = naiveProduct(a, b)
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<16 {
          group.addTask {
            (0..<50).allSatisfy { _ in
              relativeError((a * b).elements, expected.elements) < 1e-13
            }
          }
        }
        for await isRight in group { #expect(isRight) }
      }
      #expect(OpenBLAS.kernels == KernelSelectionTests.right)
    }
  }

  @Test("kernels that fail their check are given back")
  func refusal() async {
    await #expect(processExitsWith: .success) {
      #expect(OpenBLAS.take("Prescott"))
      let selection = OpenBLAS.select(wish: nil) { "a product is wrong" }
      #expect(OpenBLAS.kernels == "Prescott" && selection.kernels == "Prescott")
      #expect(
        selection.reason
          == .refused(kernels: KernelSelectionTests.right, failure: "a product is wrong"))
      #expect(selection.better == KernelSelectionTests.right)
      #expect(getenv("OPENBLAS_CORETYPE") == nil)
    }
  }

  @Test("kernels that were asked for before the first use are taken, later ones are not")
  func adoption() async {
    await #expect(processExitsWith: .success) {
      #expect(BLAS.adopt("Nehalem"))
      #expect(OpenBLAS.kernels == "Nehalem")
      #expect(BLAS.selection.reason == .agreed)
      #expect(BLAS.adoptable == ["Nehalem"])
      #expect(!BLAS.adopt("Haswell"))
      #expect(OpenBLAS.kernels == "Nehalem")
    }
  }

  @Test("kernels that the processor or the library lacks are not taken")
  func impossibleWish() async {
    await #expect(processExitsWith: .success) {
      #expect(OpenBLAS.take("Prescott"))
      #expect(!BLAS.adopt("Babbage"))
      #expect(BLAS.selection.kernels == KernelSelectionTests.right)
      #expect(BLAS.selection.reason == .replacement)
    }
    // OpenBLAS chose the right ones, so there is nothing to do
    await #expect(processExitsWith: .success) {
      #expect(OpenBLAS.take(KernelSelectionTests.right))
      #expect(!BLAS.adopt("Babbage"))
      #expect(BLAS.selection.reason == .suitable)
    }
  }

  @Test("a user's variable comes first; an empty one says nothing")
  func variable() async {
    await #expect(processExitsWith: .success) {
      #expect(OpenBLAS.take("Prescott"))
      setenv("OPENBLAS_CORETYPE", "Prescott", 1)
      #expect(BLAS.adoptable == ["Prescott"])
      #expect(!BLAS.adopt("Haswell"))
      #expect(BLAS.selection.reason == .variable("Prescott"))
      #expect(BLAS.selection.better == KernelSelectionTests.right)
      #expect(OpenBLAS.kernels == "Prescott")
      #expect(String(cString: getenv("OPENBLAS_CORETYPE")) == "Prescott")
    }
    await #expect(processExitsWith: .success) {
      #expect(OpenBLAS.take("Prescott"))
      setenv("OPENBLAS_CORETYPE", "", 1)
      #expect(BLAS.selection.kernels == KernelSelectionTests.right)
      #expect(String(cString: getenv("OPENBLAS_CORETYPE")) == "")
    }
  }

  @Test("where Python shares OpenBLAS, it stays as it is")
  func sharedLibrary() async {
    await #expect(processExitsWith: .success) {
      #expect(OpenBLAS.host == nil)
      #expect(OpenBLAS.take("Prescott"))
      let selection = OpenBLAS.select(wish: "Haswell", host: "Python") { nil }
      #expect(selection.reason == .shared(with: "Python"))
      #expect(selection.kernels == "Prescott" && OpenBLAS.kernels == "Prescott")
      #expect(OpenBLAS.take(KernelSelectionTests.right))
      #expect(OpenBLAS.select(wish: nil, host: "Python") { nil }.reason == .suitable)
    }
  }

  @Test("all kernels that this processor runs are right")
  func allKernels() async {
    await #expect(processExitsWith: .success) {
      for name in OpenBLAS.adoptable {
        #expect(OpenBLAS.take(name))
        #expect(KernelCheck.failure(seed: 5) == nil, "\(name)")
      }
    }
  }
}
#endif
