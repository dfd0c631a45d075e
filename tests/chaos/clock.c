/* Loaded before the C library: the time of day is two hours ahead; what measures durations is left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static const time_t AHEAD_S = 7200;

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    if (!failed && clock == CLOCK_REALTIME)
        now->tv_sec += AHEAD_S;
    return failed;
}
