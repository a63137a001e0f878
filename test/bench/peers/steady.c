/*
 * An open-loop HTTP client that costs next to nothing, so that two cores have room for what is measured: `steady PORT PER_SECOND MS`
 * asks 127.0.0.1 for / so many times a second, each time on a new connection, whether or not the earlier ones were answered. A
 * request is timed from when it was due. Prints `failed N`, `late NS` (the longest that one was sent after it was due) and then
 * the ns of every request that was answered, a line each.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct ask {
  int fd, sent, ok;
  long due;
};

static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
static int epoll, open_asks;
static long failed, late, answered, *took;

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void done(struct ask *ask, int ok) {
  if (ok) took[answered++] = now() - ask->due;
  else failed++;
  close(ask->fd);
  free(ask);
  open_asks--;
}

static void begin(const struct sockaddr_in *to, long due) {
  struct ask *ask = calloc(1, sizeof *ask);
  ask->due = due;
  ask->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  open_asks++;
  if (now() - due > late) late = now() - due;
  struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLET, {.ptr = ask}};
  if (connect(ask->fd, (const struct sockaddr *)to, sizeof *to) < 0 && errno != EINPROGRESS) return done(ask, 0);
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, ask->fd, &event) < 0) done(ask, 0);
}

/* Answered is what began with status 200 and ended in order. */
static void go_on(struct ask *ask, unsigned events) {
  if (!ask->sent && events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
    if (send(ask->fd, request, sizeof request - 1, MSG_NOSIGNAL) != sizeof request - 1) return done(ask, 0);
    ask->sent = 1;
  }
  char buffer[4096];
  for (;;) {
    ssize_t got = read(ask->fd, buffer, sizeof buffer);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return done(ask, got == 0 && ask->ok);
    if (!ask->ok && strncmp(buffer, "HTTP/1.1 200", got < 12 ? got : 12) == 0) ask->ok = 1;
  }
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  struct sockaddr_in to = {AF_INET, htons(atoi(argv[1])), {htonl(INADDR_LOOPBACK)}, {0}};
  long every = 1000000000L / atol(argv[2]), begun = now(), end = begun + atol(argv[3]) * 1000000L, due = begun;
  took = malloc(sizeof *took * ((end - begun) / every + 1));
  epoll = epoll_create1(0);
  while (due < end || open_asks > 0) {
    for (; due < end && due <= now(); due += every) begin(&to, due);
    struct epoll_event events[256];
    long left = due < end ? due - now() : 1000000000L;
    struct timespec wait = {left > 0 ? left / 1000000000L : 0, left > 0 ? left % 1000000000L : 0};
    int count = epoll_pwait2(epoll, events, 256, &wait, NULL);
    for (int i = 0; i < count; i++) go_on(events[i].data.ptr, events[i].events);
  }
  printf("failed %ld\nlate %ld\n", failed, late);
  for (long i = 0; i < answered; i++) printf("%ld\n", took[i]);
  return 0;
}
