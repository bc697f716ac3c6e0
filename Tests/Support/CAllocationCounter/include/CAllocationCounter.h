#ifndef METATAPE_ALLOCATION_COUNTER_H
#define METATAPE_ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Counts the heap allocations of the calling thread between start and stop.
///
/// On Linux with glibc, this target defines `malloc` and its relatives, and the program it is linked
/// into uses them everywhere. Elsewhere it is not available and counts nothing.
typedef struct {
  /// Allocations, but for those made by OpenBLAS itself.
  uint64_t own;
  /// Allocations made by OpenBLAS itself.
  uint64_t openblas;
} allocation_count;

/// Whether allocations are counted on this system.
bool allocation_counter_is_available(void);

/// Whether OpenBLAS was found, so that its own allocations are told apart.
bool allocation_counter_knows_openblas(void);

/// Begins to count the allocations of the calling thread.
void allocation_counter_start(void);

/// Ends counting.
allocation_count allocation_counter_stop(void);

#endif
