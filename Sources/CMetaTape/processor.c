#include "metatape.h"

/* In C and for any x86-64 processor: it has to run where nothing else of the library does. */
int32_t metatape_processor(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                 __builtin_cpu_supports("bmi2")
             ? METATAPE_OK
             : METATAPE_UNSUPPORTED;
#else
  return METATAPE_OK;
#endif
}
