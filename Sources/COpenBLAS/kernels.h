#ifndef METATAPE_KERNELS_H
#define METATAPE_KERNELS_H

// What OpenBLAS has inside when it was built for many processors (DYNAMIC_ARCH): a table of kernels
// for each family, and the two functions with which it takes one of them when it is loaded. The
// declarations are weak, so they are null in other builds. They bind where cblas_dgemm does, in a
// program, in a library and with a static OpenBLAS alike.

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

/// Whether a function of this name is anywhere in the process.
static inline bool metatape_has_symbol(const char *name) {
#ifdef __APPLE__
  return dlsym(RTLD_DEFAULT, name) != NULL;
#else
  return dlsym(NULL, name) != NULL;  // what RTLD_DEFAULT stands for there, behind _GNU_SOURCE
#endif
}

#if defined(__ELF__) && defined(__x86_64__)

#define METATAPE_FOR_EACH_KERNELS(X)                                                   \
  X(PRESCOTT) X(CORE2) X(PENRYN) X(DUNNINGTON) X(NEHALEM) X(SANDYBRIDGE) X(HASWELL)    \
  X(ZEN) X(SKYLAKEX) X(COOPERLAKE)

extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

#define METATAPE_DECLARE(NAME) extern const char gotoblas_##NAME[] __attribute__((weak));
METATAPE_FOR_EACH_KERNELS(METATAPE_DECLARE)
#undef METATAPE_DECLARE

/// Whether OpenBLAS can take other kernels than those that it took when it was loaded.
static inline bool metatape_can_select_kernels(void) {
  return gotoblas_dynamic_init && gotoblas_dynamic_quit;
}

/// Whether OpenBLAS has the kernels of a name.
static inline bool metatape_has_kernels(const char *name) {
#define METATAPE_COMPARE(NAME) \
  if (strcasecmp(name, #NAME) == 0) return gotoblas_##NAME != 0;
  METATAPE_FOR_EACH_KERNELS(METATAPE_COMPARE)
#undef METATAPE_COMPARE
  return false;
}

/// Makes OpenBLAS choose its kernels again, as OPENBLAS_CORETYPE says.
static inline void metatape_select_kernels(void) {
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
}

#else

static inline bool metatape_can_select_kernels(void) { return false; }
static inline bool metatape_has_kernels(const char *name) { return false; }
static inline void metatape_select_kernels(void) {}

#endif

#endif
