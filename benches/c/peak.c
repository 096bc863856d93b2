/* Runs a program and writes the most memory that it had at once, in KiB, to a file: PEAK_FILE=peak.txt ./peak PROGRAM ...
   A process of its own, because what a large process starts is charged with the memory of the large one. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	FILE *out;
	pid_t child;

	if (argc < 2 || !getenv("PEAK_FILE"))
		return 2;
	child = fork();
	if (!child) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		return 1;
	if (!(out = fopen(getenv("PEAK_FILE"), "w")))
		return 1;
	fprintf(out, "%ld\n", usage.ru_maxrss);
	fclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
