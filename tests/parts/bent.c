/* Preloaded into a process: what the file that BENT names says of its machine, from the moment it is written. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile struct {
  long off_by_s; /* the wall clock is wrong by so much */
  long sync_us;  /* a sync of the disk takes so much longer */
} *bent;

__attribute__((constructor)) static void find(void) {
  const char *name = getenv("BENT");
  int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *bent, PROT_READ, MAP_SHARED, file, 0);
  if (page != MAP_FAILED) bent = page;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int failed = (int)syscall(SYS_clock_gettime, clock, now);
  if (!failed && bent && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += bent->off_by_s;
  return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int failed = (int)syscall(SYS_gettimeofday, now, zone);
  if (!failed && bent) now->tv_sec += bent->off_by_s;
  return failed;
}

time_t time(time_t *where) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (where) *where = now.tv_sec;
  return now.tv_sec;
}

static int synced(long call, int file) {
  if (bent && bent->sync_us) usleep(bent->sync_us);
  return (int)syscall(call, file);
}

int fsync(int file) { return synced(SYS_fsync, file); }

int fdatasync(int file) { return synced(SYS_fdatasync, file); }
