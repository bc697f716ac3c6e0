#ifndef METATAPE_PROCESSOR_H
#define METATAPE_PROCESSOR_H

// What the processor says of itself, and loops that take a known number of its cycles.

#include <stdbool.h>
#include <stdint.h>

/// What CPUID leaves in four registers; zeros for what the processor does not know.
typedef struct {
  uint32_t eax, ebx, ecx, edx;
} metatape_registers;

#if defined(__x86_64__)

#include <cpuid.h>

static inline metatape_registers metatape_cpuid(uint32_t leaf, uint32_t subleaf) {
  metatape_registers r = {0, 0, 0, 0};
  __get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
  return r;
}

/// The parts of the processor's state that the system saves (XCR0); CPUID must say OSXSAVE.
static inline uint64_t metatape_saved_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

#define METATAPE_TEN(TEXT) TEXT TEXT TEXT TEXT TEXT TEXT TEXT TEXT TEXT TEXT

/// Additions of which each needs the one before: 100 `count` cycles. They add a register, because recent
/// processors add constants without taking a cycle.
static inline void metatape_add_in_turn(int64_t count) {
  int64_t sum = 0;
  __asm__ volatile("1:\n" METATAPE_TEN(METATAPE_TEN("add %1, %1\n")) "dec %0\n jnz 1b\n"
                   : "+r"(count), "+r"(sum)
                   :
                   : "cc");
}

#undef METATAPE_TEN

// twelve independent sums hide the latency of two units: 5 cycles at most
#define METATAPE_TWELVE(OPERATION, REGISTER)                                          \
  OPERATION(REGISTER, 0) OPERATION(REGISTER, 1) OPERATION(REGISTER, 2)                 \
  OPERATION(REGISTER, 3) OPERATION(REGISTER, 4) OPERATION(REGISTER, 5)                 \
  OPERATION(REGISTER, 6) OPERATION(REGISTER, 7) OPERATION(REGISTER, 8)                 \
  OPERATION(REGISTER, 9) OPERATION(REGISTER, 10) OPERATION(REGISTER, 11)
#define METATAPE_ZERO(REGISTER, I) "vxorps %%xmm" #I ", %%xmm" #I ", %%xmm" #I "\n"
#define METATAPE_FUSED(REGISTER, I) \
  "vfmadd231pd %%" REGISTER "12, %%" REGISTER "12, %%" REGISTER #I "\n"
#define METATAPE_FUSED_LOOP(REGISTER)                                                 \
  __asm__ volatile(METATAPE_TWELVE(METATAPE_ZERO, REGISTER)                            \
                   METATAPE_ZERO(REGISTER, 12) "1:\n"                                  \
                   METATAPE_TWELVE(METATAPE_FUSED, REGISTER)                           \
                   METATAPE_TWELVE(METATAPE_FUSED, REGISTER)                           \
                   "dec %0\n jnz 1b\n vzeroupper\n"                                    \
                   : "+r"(count)                                                       \
                   :                                                                   \
                   : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",     \
                     "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",       \
                     "xmm14", "xmm15")

/// 24 `count` independent fused multiply-adds of four doubles; the processor must have FMA.
__attribute__((target("avx2,fma"))) static inline void metatape_multiply_add_256(int64_t count) {
  METATAPE_FUSED_LOOP("ymm");
}

/// 24 `count` independent fused multiply-adds of eight doubles; the processor must have AVX-512.
__attribute__((target("avx512f"))) static inline void metatape_multiply_add_512(int64_t count) {
  METATAPE_FUSED_LOOP("zmm");
}

#undef METATAPE_FUSED_LOOP
#undef METATAPE_FUSED
#undef METATAPE_ZERO
#undef METATAPE_TWELVE

#else

static inline metatape_registers metatape_cpuid(uint32_t leaf, uint32_t subleaf) {
  metatape_registers r = {0, 0, 0, 0};
  return r;
}

static inline uint64_t metatape_saved_state(void) { return 0; }
static inline void metatape_add_in_turn(int64_t count) {}
static inline void metatape_multiply_add_256(int64_t count) {}
static inline void metatape_multiply_add_512(int64_t count) {}

#endif

#endif
