#define _GNU_SOURCE
#include "CAllocationCounter.h"

#include <stdlib.h>

#if defined(__linux__) && defined(__GLIBC__)

#include <errno.h>
#include <link.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static __thread bool is_counting;
static __thread allocation_count count;
/// Where the code of OpenBLAS lies.
static uintptr_t openblas_start, openblas_end;

/// Counts an allocation for whoever called; inlined, so that the address is that of our caller.
#define COUNT()                                                                \
  do {                                                                         \
    if (is_counting) {                                                         \
      uintptr_t caller = (uintptr_t)__builtin_return_address(0);               \
      if (caller >= openblas_start && caller < openblas_end) count.openblas++; \
      else count.own++;                                                        \
    }                                                                          \
  } while (0)

void *malloc(size_t size) {
  COUNT();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  COUNT();
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  COUNT();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  COUNT();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  COUNT();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  COUNT();
  void *result = __libc_memalign(alignment, size);
  if (!result) return ENOMEM;
  *memory = result;
  return 0;
}

static int find_openblas(struct dl_phdr_info *info, size_t size, void *data) {
  if (!info->dlpi_name || !strstr(info->dlpi_name, "openblas")) return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X)) {
      openblas_start = info->dlpi_addr + segment->p_vaddr;
      openblas_end = openblas_start + segment->p_memsz;
    }
  }
  return 1;
}

__attribute__((constructor)) static void prepare(void) { dl_iterate_phdr(find_openblas, NULL); }

bool allocation_counter_is_available(void) { return true; }

bool allocation_counter_knows_openblas(void) { return openblas_end > openblas_start; }

void allocation_counter_start(void) {
  count = (allocation_count){0, 0};
  is_counting = true;
}

allocation_count allocation_counter_stop(void) {
  is_counting = false;
  return count;
}

#else

bool allocation_counter_is_available(void) { return false; }
bool allocation_counter_knows_openblas(void) { return false; }
void allocation_counter_start(void) {}
allocation_count allocation_counter_stop(void) { return (allocation_count){0, 0}; }

#endif
