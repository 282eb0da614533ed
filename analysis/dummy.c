#include <cisup/core/status.h>
typedef int x;
