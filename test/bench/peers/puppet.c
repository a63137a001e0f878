/*
 * The program that every peer runs. All it does is timed by itself, on the clock that node's hrtime reads.
 *
 *   puppet              appends "PID NANOSECONDS" to $PUPPET_FILE as its first act, and stays
 *   puppet forks N      starts itself N times, each when the one before has begun: what a start costs without a supervisor
 *   puppet write B S    the same, then B bytes in lines of 100, S bytes a write, to stdout; appends that line again when done, and stays
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void mark(int pid) {
  char line[64];
  int size = snprintf(line, sizeof line, "%d %lld\n", pid, now());
  int fd = open(getenv("PUPPET_FILE"), O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (write(fd, line, size) != size) _exit(1);
  close(fd);
}

static void forks(int count, char *self) {
  for (int i = 0; i < count; i++) {
    mark(0);
    int pid = fork();
    if (pid == 0) {
      setpgid(0, 0);
      execl(self, self, "once", (char *)0);
      _exit(127);
    }
    waitpid(pid, NULL, 0);
  }
}

static void writeAll(long long bytes, long size) {
  char *block = malloc(size);
  long long number = 0;
  for (long long done = 0; done < bytes; done += size) {
    for (long at = 0; at < size; at += 100) {
      snprintf(block + at, 13, "%012lld", number++);
      memset(block + at + 12, 'x', 87);
      block[at + 99] = '\n';
    }
    for (long at = 0; at < size;) {
      long took = write(1, block + at, size - at);
      if (took <= 0) _exit(1);
      at += took;
    }
  }
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "forks") == 0) {
    forks(atoi(argv[2]), argv[0]);
    return 0;
  }
  mark(getpid());
  if (argc > 3 && strcmp(argv[1], "write") == 0) {
    writeAll(atoll(argv[2]), atol(argv[3]));
    mark(getpid());
  }
  if (argc > 1 && strcmp(argv[1], "once") == 0) return 0;
  for (;;) pause();
}
