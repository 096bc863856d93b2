/* A slow share on a fast disk: every open of a file or folder below a prefix first sleeps.
   cc -O2 -shared -fPIC -o slow_open.so slow_open.c -ldl
   SLOW_OPEN_PREFIX=/data SLOW_OPEN_USEC=2000 LD_PRELOAD=./slow_open.so PROGRAM
   Relative paths are taken to be below the prefix when the working folder is. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static int below(const char *path)
{
	const char *prefix = getenv("SLOW_OPEN_PREFIX");
	char folder[4096];

	if (!prefix || !path)
		return 0;
	if (path[0] == '/')
		return !strncmp(path, prefix, strlen(prefix));
	return getcwd(folder, sizeof folder) && !strncmp(folder, prefix, strlen(prefix));
}

static void delay(const char *path)
{
	const char *text = getenv("SLOW_OPEN_USEC");
	long micros = text ? atol(text) : 2000;
	struct timespec time = { micros / 1000000, micros % 1000000 * 1000 };

	if (below(path))
		nanosleep(&time, NULL);
}

static mode_t mode_of(int flags, va_list arguments)
{
	return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(arguments, int) : 0;
}

#define OPEN(name)                                                                    \
	int name(const char *path, int flags, ...)                                     \
	{                                                                              \
		static int (*real)(const char *, int, ...);                            \
		va_list arguments;                                                     \
		mode_t mode;                                                           \
		va_start(arguments, flags);                                            \
		mode = mode_of(flags, arguments);                                      \
		va_end(arguments);                                                     \
		if (!real)                                                             \
			real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
		delay(path);                                                           \
		return real(path, flags, mode);                                        \
	}

#define OPENAT(name)                                                                       \
	int name(int folder, const char *path, int flags, ...)                              \
	{                                                                                   \
		static int (*real)(int, const char *, int, ...);                            \
		va_list arguments;                                                          \
		mode_t mode;                                                                \
		va_start(arguments, flags);                                                 \
		mode = mode_of(flags, arguments);                                           \
		va_end(arguments);                                                          \
		if (!real)                                                                  \
			real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, #name); \
		delay(path);                                                                \
		return real(folder, path, flags, mode);                                     \
	}

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

FILE *fopen(const char *path, const char *mode)
{
	static FILE *(*real)(const char *, const char *);
	if (!real)
		real = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
	delay(path);
	return real(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	static FILE *(*real)(const char *, const char *);
	if (!real)
		real = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen64");
	delay(path);
	return real(path, mode);
}

DIR *opendir(const char *path)
{
	static DIR *(*real)(const char *);
	if (!real)
		real = (DIR * (*)(const char *)) dlsym(RTLD_NEXT, "opendir");
	delay(path);
	return real(path);
}
