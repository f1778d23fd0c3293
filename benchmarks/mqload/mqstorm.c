// mqstorm - N MQTT 5 clients with sessions are connected, all are cut at once, and all come back within a time. One thread, epoll, libc only.
// Build: gcc -O2 -Wall -o mqstorm mqstorm.c
// It reports how long it took until 99 % and all of them were connected again, how long each waited from its connect() to its CONNACK, how many were
// refused and came back when they were told, and the round trips of a bystander pair before and during that.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef uint8_t u8; typedef uint32_t u32; typedef uint64_t u64;
#define OPTIONS "--port P --total N --spread-ms MS --timeout S --pid BROKER --label TEXT --user U --pass W --help"
enum { IDLE, TCP, CONNACK, READY };
typedef struct { int fd, idx; u8 state; u32 len; u8 in[512]; u64 due, started; bool clean; } client;

static int o_port = 1883, o_total = 10000, o_src = 8, o_spread = 1000, o_timeout = 120, o_pid = 0; static const char *o_label = "", *o_user, *o_pass;
static int ep, ready; static client *clients; static u64 refused, told, lost, attempts, without_session;
static u64 *lat, *back; static u32 n_lat, n_back; static u64 t0, first_refusal; static bool coming_back;

static u64 now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (u64)t.tv_sec * 1000000000ull + t.tv_nsec; }
static void die(const char *f, ...) { va_list a; va_start(a, f); fprintf(stderr, "mqstorm: "); vfprintf(stderr, f, a); fprintf(stderr, "\n"); va_end(a); exit(2); }
static void *zalloc(size_t n) { void *p = calloc(1, n); if (!p) die("out of memory"); return p; }
static double cpu(void) { clockid_t c; struct timespec t; return o_pid && !clock_getcpuclockid(o_pid, &c) && !clock_gettime(c, &t) ? t.tv_sec + t.tv_nsec / 1e9 : 0; }

// ---------------------------------------------------------------- clients
static u8 *text(u8 *p, const char *s) { u32 n = strlen(s); *p++ = n >> 8; *p++ = n; memcpy(p, s, n); return p + n; }
static u32 connect_packet(u8 *to, const char *id, bool session) {
  u8 body[400], *p = text(body, "MQTT"); *p++ = 5; *p++ = (o_user ? 0x80 : 0) | (o_pass ? 0x40 : 0) | (session ? 0 : 2); *p++ = 0; *p++ = 0;
  if (session) { *p++ = 5; *p++ = 0x11; *p++ = 0; *p++ = 0; *p++ = 0x0e; *p++ = 0x10; } else *p++ = 0; // an hour
  p = text(p, id); if (o_user) p = text(p, o_user); if (o_pass) p = text(p, o_pass);
  u32 n = p - body; if (n > 127) die("CONNECT is too long"); to[0] = 0x10; to[1] = n; memcpy(to + 2, body, n); return n + 2;
}
static void cut(client *c) { struct linger l = {1, 0}; if (c->fd < 0) return; setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l); close(c->fd); c->fd = -1; }
static void again(client *c, u64 at) { if (c->state == READY) ready--; cut(c); c->state = IDLE; c->due = at; }
static void start(client *c) {
  int one = 1; struct sockaddr_in a = {.sin_family = AF_INET}, d = {.sin_family = AF_INET, .sin_port = htons(o_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); if (c->fd < 0) die("socket: %s", strerror(errno));
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + c->idx % o_src); if (bind(c->fd, (void *)&a, sizeof a) < 0) die("bind: %s", strerror(errno));
  c->state = TCP; c->len = 0; c->started = now(); attempts++;
  if (connect(c->fd, (void *)&d, sizeof d) < 0 && errno != EINPROGRESS) { lost++; again(c, now() + 1000000000ull); return; }
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c}; if (epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e) < 0) die("epoll_ctl: %s", strerror(errno));
}
// What the broker asks for in the User Property retry-after-ms, or 0.
static u64 retry_after_ms(const u8 *p, u32 n) {
  static const char name[] = "retry-after-ms"; u32 k = sizeof name - 1;
  for (u32 i = 0; i + 2 + k + 2 < n; i++) if (p[i] == 0 && p[i + 1] == k && !memcmp(p + i + 2, name, k)) { char v[12] = {0}; u32 l = p[i + 2 + k] << 8 | p[i + 3 + k]; if (l < sizeof v && i + 4 + k + l <= n) { memcpy(v, p + i + 4 + k, l); return strtoull(v, 0, 10); } }
  return 0;
}
static void on_packet(client *c, const u8 *p, u32 n) {
  if (p[0] >> 4 != 2 || n < 4) { lost++; again(c, now() + 1000000000ull); return; }
  if (p[3] == 0) {
    c->state = READY; ready++; u64 t = now(); if (!coming_back) return;
    if (!(p[2] & 1)) without_session++;
    lat[n_lat++] = t - c->started; back[n_back++] = t - t0; return;
  }
  refused++; if (!first_refusal) first_refusal = now(); u64 ms = retry_after_ms(p, n); if (ms) told++;
  again(c, now() + (ms ? ms : 1000) * 1000000ull);
}
static void on_event(client *c, u32 events) {
  if (c->state == TCP) {
    int e = 0; socklen_t l = sizeof e; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &l); if (e) { lost++; again(c, now() + 1000000000ull); return; }
    if (!(events & EPOLLOUT)) return;
    char id[32]; u8 packet[512]; snprintf(id, sizeof id, "storm-%d", c->idx); u32 n = connect_packet(packet, id, true);
    if (send(c->fd, packet, n, MSG_NOSIGNAL) != n) { lost++; again(c, now() + 1000000000ull); return; }
    c->state = CONNACK; struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev); return;
  }
  ssize_t r = read(c->fd, c->in + c->len, sizeof c->in - c->len);
  if (r < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (r <= 0) { lost++; again(c, now() + 1000000000ull); return; }
  c->len += r;
  while (c->fd >= 0 && c->len >= 2 && c->len >= 2u + (c->in[1] & 127) + (c->in[1] & 128 ? 1 + (c->in[2] - 1) * 128 : 0)) {
    u32 n = c->in[1] & 128 ? 3 + (c->in[1] & 127) + c->in[2] * 128 : 2 + c->in[1]; if (n > c->len) return;
    u8 flat[520]; flat[0] = c->in[0]; u32 head = c->in[1] & 128 ? 3 : 2; memcpy(flat + 2, c->in + head, n - head); on_packet(c, flat, n - head + 2);
    if (c->fd >= 0) { memmove(c->in, c->in + n, c->len - n); c->len -= n; }
  }
}

// ---------------------------------------------------------------- the bystander: one connection that publishes to itself, one message at a time
static int by = -1; static u64 by_sent, *rtt; static u32 n_rtt; static u8 by_in[256]; static u32 by_len; static bool by_lost;
static void by_open(void) {
  struct sockaddr_in d = {.sin_family = AF_INET, .sin_port = htons(o_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}; int one = 1; u8 p[512];
  by = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); if (connect(by, (void *)&d, sizeof d) < 0) die("bystander: %s", strerror(errno)); setsockopt(by, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  u32 n = connect_packet(p, "storm-bystander", false); if (send(by, p, n, MSG_NOSIGNAL) != n || read(by, p, sizeof p) < 4 || p[3]) die("bystander: not connected");
  u8 sub[] = {0x82, 10, 0, 1, 0, 0, 4, 's', 't', '/', 'b', 0}; if (send(by, sub, sizeof sub, MSG_NOSIGNAL) != sizeof sub || read(by, p, sizeof p) < 5) die("bystander: not subscribed");
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}; epoll_ctl(ep, EPOLL_CTL_ADD, by, &e);
}
static void by_ping(void) { u8 p[] = {0x30, 8, 0, 4, 's', 't', '/', 'b', 0, 'x'}; if (!by_sent && !by_lost) { by_sent = now(); if (send(by, p, sizeof p, MSG_NOSIGNAL) != sizeof p) by_lost = true; } }
static void by_event(void) {
  ssize_t r = read(by, by_in + by_len, sizeof by_in - by_len); if (r <= 0) { if (!by_lost) fprintf(stderr, "mqstorm: the bystander was cut off\n"); by_lost = true; epoll_ctl(ep, EPOLL_CTL_DEL, by, NULL); return; }
  by_len += r; if (by_len >= 10) { by_len = 0; rtt[n_rtt++ & 0xfffff] = now() - by_sent; by_sent = 0; }
}

// ---------------------------------------------------------------- run
static int ascending(const void *a, const void *b) { u64 x = *(u64 *)a, y = *(u64 *)b; return x < y ? -1 : x > y; }
static double ms(u64 *v, u32 n, double p) { if (!n) return 0; u32 i = (u32)(p * n); return v[i >= n ? n - 1 : i] / 1e6; }
static u64 next_ping;
static void turn(int conc) {
  static int scan; u64 t = now(); int busy = 0;
  if (t >= next_ping) { by_ping(); next_ping = t + 2000000; }
  for (int k = 0; k < o_total && (conc == 0 || busy < conc); k++) { client *c = &clients[scan = (scan + 1) % o_total]; if (c->state == IDLE && c->due <= t) { start(c); if (++busy >= 256) break; } }
  struct epoll_event ev[512]; int n = epoll_wait(ep, ev, 512, 1);
  for (int i = 0; i < n; i++) { client *c = ev[i].data.ptr; if (!c) by_event(); else if (c->fd >= 0) on_event(c, ev[i].events); }
}
int main(int argc, char **argv) {
  for (int i = 1; i < argc; i += 2) {
    const char *k = argv[i], *v = argv[i + 1];
    if (!strcmp(k, "--help")) { puts(OPTIONS); return 0; }
    if (!v) die("%s has no value, or is none of the options: %s", k, OPTIONS);
    if (!strcmp(k, "--port")) o_port = atoi(v); else if (!strcmp(k, "--total")) o_total = atoi(v); else if (!strcmp(k, "--spread-ms")) o_spread = atoi(v); else if (!strcmp(k, "--pid")) o_pid = atoi(v);
    else if (!strcmp(k, "--timeout")) o_timeout = atoi(v); else if (!strcmp(k, "--label")) o_label = v; else if (!strcmp(k, "--user")) o_user = v; else if (!strcmp(k, "--pass")) o_pass = v;
    else die("%s is none of the options: %s", k, OPTIONS);
  }
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
  if (rl.rlim_max < (u64)o_total + 64) die("only %llu open files are allowed: see ulimit -n", (unsigned long long)rl.rlim_max);
  ep = epoll_create1(EPOLL_CLOEXEC); clients = zalloc(o_total * sizeof *clients); lat = zalloc(o_total * 8); back = zalloc(o_total * 8); rtt = zalloc(8 << 20); srand(1);
  for (int i = 0; i < o_total; i++) { clients[i].fd = -1; clients[i].idx = i; }
  by_open(); u64 end = now() + o_timeout * 1000000000ull;
  while (ready < o_total) { turn(32); if (now() > end) die("only %d of %d clients could connect at first", ready, o_total); }
  u64 calm = now() + 2000000000ull; n_rtt = 0; while (now() < calm) turn(0);
  u32 quiet = n_rtt; qsort(rtt, quiet, 8, ascending); double q50 = ms(rtt, quiet, .5), q99 = ms(rtt, quiet, .99), qmax = ms(rtt, quiet, 1); n_rtt = 0; by_sent = 0;
  refused = told = lost = attempts = 0; coming_back = true; double c0 = cpu();
  for (int i = 0; i < o_total; i++) again(&clients[i], 0);
  t0 = now(); for (int i = 0; i < o_total; i++) clients[i].due = t0 + (u64)rand() % ((u64)o_spread * 1000000ull + 1);
  end = t0 + o_timeout * 1000000000ull; while (ready < o_total && now() < end) turn(0);
  double wall = (now() - t0) / 1e9, used = cpu() - c0; bool all = ready == o_total;
  qsort(lat, n_lat, 8, ascending); qsort(back, n_back, 8, ascending); u32 n = n_rtt < 1 << 20 ? n_rtt : 1 << 20; qsort(rtt, n, 8, ascending);
  printf("{\"label\":\"%s\",\"scenario\":\"storm\",\"clients\":%d,\"spread_ms\":%d,\"back\":%d,\"all_back_s\":%.3f,\"back_50_s\":%.3f,\"back_99_s\":%.3f,\"connack_p50_ms\":%.2f,\"connack_p99_ms\":%.2f,\"connack_max_ms\":%.2f,"
    "\"attempts\":%llu,\"refused\":%llu,\"told_when\":%llu,\"lost\":%llu,\"without_session\":%llu,\"broker_cpu_s\":%.2f,\"bystander_lost\":%s,\"quiet_rtt_p50_ms\":%.2f,\"quiet_rtt_p99_ms\":%.2f,\"quiet_rtt_max_ms\":%.2f,\"storm_rtt_p50_ms\":%.2f,\"storm_rtt_p99_ms\":%.2f,\"storm_rtt_max_ms\":%.2f}\n",
    o_label, o_total, o_spread, ready, wall, ms(back, n_back, .5) / 1e3, n_back < o_total * .99 ? -1 : ms(back, n_back, .99 * o_total / n_back) / 1e3, ms(lat, n_lat, .5), ms(lat, n_lat, .99), ms(lat, n_lat, 1),
    (unsigned long long)attempts, (unsigned long long)refused, (unsigned long long)told, (unsigned long long)lost, (unsigned long long)without_session, used, by_lost ? "true" : "false", q50, q99, qmax, ms(rtt, n, .5), ms(rtt, n, .99), ms(rtt, n, 1));
  return !all || by_lost;
}
