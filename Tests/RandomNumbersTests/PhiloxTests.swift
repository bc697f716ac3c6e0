import RandomNumbers
import Testing

/// Known answers from numpy 2.4.6, whose generator increments its counter before each block:
///
///     numpy.random.Philox(key=k0 | k1 << 64, counter=(c - 1) % 2**256).random_raw(4)
///
/// with `c` the 256-bit number of the counter's words, the lowest first.
@Suite("Philox 4x64-10")
struct PhiloxTests {
  static let answers: [(key: SIMD2<UInt64>, counter: SIMD4<UInt64>, words: SIMD4<UInt64>)] = [
    (
      [0, 0], [0, 0, 0, 0],
      [0x1655_4d9e_ca36_314c, 0xdb20_fe9d_672d_0fdc, 0xd7e7_72ce_e186_176b, 0x7e68_b68a_ec7b_a23b]
    ),
    (
      SIMD2(repeating: .max), SIMD4(repeating: .max),
      [0x87b0_92c3_013f_e90b, 0x438c_3c67_be8d_0224, 0x9cc7_d7c6_9cd7_77b6, 0xa09c_aebf_594f_0ba0]
    ),
    (
      [0x4528_21e6_38d0_1377, 0xbe54_66cf_34e9_0c6c],
      [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89],
      [0xa528_f454_03e6_1d95, 0x38c7_2dbd_566e_9788, 0xa5a1_610e_72fd_18b5, 0x57bd_43b5_e52b_7fe6]
    ),
    (
      [7, 4], [0, 5, 9, 0],
      [0x5aee_2918_8cbc_119e, 0xf2e1_2393_dfc1_b1fb, 0x54c8_af8c_65bd_26aa, 0xf02d_4a5e_ee10_4d79]
    ),
    (
      [2026, 1], [1, 2, 3, 4],
      [0x758a_25ae_0451_87aa, 0x4d9a_fcbf_9354_6dfc, 0x95b1_abfd_9ac9_1f6a, 0xe7b9_f836_1527_5919]
    ),
  ]

  @Test("the block function agrees with numpy")
  func knownAnswers() {
    for (key, counter, words) in Self.answers {
      #expect(Philox(key: key).block(counter) == words)
    }
  }

  /// The place's coordinates stand at fixed bits of the counter, so that a run can be continued by a
  /// later version. With epoch 3, task 2, phase 1, episode 5, step 7, the counter before the first
  /// block has the words `0, 7 | 5 << 32, 1 | 2 << 8 | 3 << 32, 0` and the key is `42, 4`.
  @Test("a stream is the sequence of blocks from its place on")
  func stream() {
    var stream = RandomStream(
      seed: 42, purpose: .actions, at: StreamPlace(epoch: 3, task: 2, phase: 1, episode: 5, step: 7)
    )
    let expected: [UInt64] = [
      0x2d39_439f_3e89_18cb, 0x18c5_034a_2a9d_543c, 0x2f59_9c03_2909_35b5, 0x0b55_64b0_0453_52cc,
      0x6e74_b6a3_ea0b_9fa0, 0xa596_ad68_c46a_b6cf,
    ]
    for word in expected { #expect(stream.next() == word) }
  }
}
