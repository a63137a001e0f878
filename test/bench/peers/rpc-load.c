/*
 * HTTP requests over a unix socket, by clients that know nothing of each other: each is a process with a connection of its own, writes the
 * request, reads the whole answer, and writes again. A server that closes the connection after an answer is called on another one.
 *
 *   rpc-load ask SOCKET CLIENTS MS PAUSE   reads the request from stdin, prints a line, asks for MS (or until SIGTERM) and waits PAUSE ms after each
 *                                          answer; prints "ANSWERS NANOSECONDS P50 P99": how many came in how long, and two quantiles of
 *                                          their latencies in ns
 *   rpc-load echo SOCKET                   a server that gives one answer of 300 bytes again and again; prints a line once it listens
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Enough for 200,000 answers a second and client, for a minute; only what is written takes memory. */
enum { mostAnswers = 12000000 };

struct client {
  long count;
  unsigned latencies[mostAnswers];
};

/* In memory that the clients share with their parent. */
static struct client *all;
static volatile sig_atomic_t *stopped;

static void stop(int signal) {
  (void)signal;
  *stopped = 1;
}

static void *shared(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    perror("mmap");
    exit(1);
  }
  return memory;
}

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Goes when its parent does. */
static int forkTied(void) {
  int pid = fork();
  if (pid == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
  return pid;
}

static struct sockaddr_un addressOf(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    fail(path);
  }
  strcpy(address.sun_path, path);
  return address;
}

static int connectTo(const char *path) {
  struct sockaddr_un address = addressOf(path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail(path);
  return fd;
}

/* Bytes of the whole answer, once its head is there; 0: not yet. */
static long answerSize(const char *bytes) {
  const char *end = strstr(bytes, "\r\n\r\n");
  if (end == NULL) return 0;
  if (strncmp(bytes, "HTTP/1.1 200", 12) != 0) {
    fprintf(stderr, "answered: %.200s\n", bytes);
    exit(1);
  }
  for (const char *line = bytes; line < end; line = strstr(line, "\r\n") + 2)
    if (strncasecmp(line, "content-length:", 15) == 0) return end + 4 - bytes + atol(line + 15);
  fprintf(stderr, "no length: %.200s\n", bytes);
  exit(1);
}

/* 0: the server has closed the connection without an answer. */
static int ask(int fd, const char *request, long size) {
  static char bytes[1 << 16];
  long got = 0, whole = 0;
  if (send(fd, request, size, MSG_NOSIGNAL) != size) return 0;
  while (whole == 0 || got < whole) {
    /* Past the head only the count matters. */
    long at = whole == 0 ? got : 0;
    long more = read(fd, bytes + at, sizeof bytes - 1 - at);
    if (more <= 0) return 0;
    got += more;
    if (whole == 0) {
      bytes[got] = '\0';
      whole = answerSize(bytes);
    }
  }
  return 1;
}

static void askUntil(long long end, long pause, const char *path, const char *request, long size, struct client *client) {
  struct timespec wait = {pause / 1000, pause % 1000 * 1000000};
  int fd = connectTo(path);
  long long from = now();
  do {
    int answered = ask(fd, request, size);
    long long to = now();
    if (answered) client->latencies[client->count++] = to - from;
    else {
      close(fd);
      fd = connectTo(path);
    }
    if (pause > 0) nanosleep(&wait, NULL);
    from = pause > 0 ? now() : to;
  } while (from < end && !*stopped && client->count < mostAnswers);
}

static int byLatency(const void *a, const void *b) {
  unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
  return (x > y) - (x < y);
}

static int askAll(const char *path, int clients, long ms, long pause) {
  static char request[1 << 16];
  long size = 0;
  for (long more; (more = read(0, request + size, sizeof request - size)) > 0;) size += more;
  all = shared(clients * sizeof *all);
  stopped = shared(sizeof *stopped);
  signal(SIGTERM, stop);
  long long begin = now();
  for (int i = 0; i < clients; i++) {
    if (forkTied() != 0) continue;
    askUntil(begin + ms * 1000000LL, pause, path, request, size, &all[i]);
    _exit(0);
  }
  puts("asks");
  fflush(stdout);
  for (int status, pid; (pid = wait(&status)) > 0 || errno == EINTR;)
    if (pid > 0 && status != 0) return 1;
  long long took = now() - begin;
  long count = 0;
  for (int i = 0; i < clients; i++) count += all[i].count;
  unsigned *latencies = malloc((count + 1) * sizeof *latencies), *next = latencies;
  for (int i = 0; i < clients; i++) {
    memcpy(next, all[i].latencies, all[i].count * sizeof *latencies);
    next += all[i].count;
  }
  qsort(latencies, count, sizeof *latencies, byLatency);
  printf("%ld %lld %u %u\n", count, took, latencies[count / 2], latencies[count * 99 / 100]);
  return count == 0;
}

static void echo(const char *path) {
  char request[1 << 16], answer[512];
  int size = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n%300s", "");
  struct sockaddr_un address = addressOf(path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0) fail(path);
  signal(SIGCHLD, SIG_IGN);
  puts("listens");
  fflush(stdout);
  for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; close(fd)) {
    if (forkTied() != 0) continue;
    while (read(fd, request, sizeof request) > 0 && write(fd, answer, size) == size) {}
    _exit(0);
  }
}

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc == 6 && strcmp(argv[1], "ask") == 0) return askAll(argv[2], atoi(argv[3]), atol(argv[4]), atol(argv[5]));
  if (argc == 3 && strcmp(argv[1], "echo") == 0) echo(argv[2]);
  return 2;
}
