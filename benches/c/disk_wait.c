/* Measures how long a program waits for the disk: every fsync and fdatasync is timed.
   cc -O2 -shared -fPIC -o disk_wait.so disk_wait.c -ldl
   DISK_WAIT_FILE=waits.txt LD_PRELOAD=./disk_wait.so PROGRAM
   At its end the file holds the seconds waited and how often. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long long waited;
static long times;

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

#define TIMED(name)                                                    \
	int name(int file)                                             \
	{                                                              \
		static int (*real)(int);                               \
		long long start;                                       \
		int result;                                            \
		if (!real)                                             \
			real = (int (*)(int))dlsym(RTLD_NEXT, #name);  \
		start = now();                                         \
		result = real(file);                                   \
		__atomic_add_fetch(&waited, now() - start, __ATOMIC_RELAXED); \
		__atomic_add_fetch(&times, 1, __ATOMIC_RELAXED);       \
		return result;                                         \
	}

TIMED(fsync)
TIMED(fdatasync)

__attribute__((destructor)) static void report(void)
{
	const char *path = getenv("DISK_WAIT_FILE");
	FILE *file = path ? fopen(path, "w") : NULL;

	if (file) {
		fprintf(file, "%.9f %ld\n", waited / 1e9, times);
		fclose(file);
	}
}
