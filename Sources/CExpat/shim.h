#ifndef METATAPE_CEXPAT_H
#define METATAPE_CEXPAT_H
#include <expat.h>
#endif
