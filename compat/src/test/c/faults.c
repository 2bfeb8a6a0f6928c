/*
 * Makes the disk and the clock of one process sick, for compat/sick: loaded by LD_PRELOAD, told by the file that
 * SICK_CONTROL names, which may change at any time. Its words:
 *
 *   write=ERRNO sync=ERRNO read=ERRNO   calls on files below a directory version-2 fail so, e.g. write=5 (EIO), write=28
 *   slow=MILLISECONDS                   a directory version-2 is synced so late
 *   clock=SECONDS                       CLOCK_REALTIME is so far ahead, or behind
 *
 * With SICK_UNDO=DIR each write to such a file leaves there what it has overwritten, until the file is synced: whoever
 * puts that back after a kill has the disk as it may be after a power cut, without all that was not synced. The file
 * "entries" there tells what was made, renamed and removed in the directory until the directory is synced, a line each:
 * "made PATH - -", "renamed FROM TO OLD", "removed PATH - OLD", where OLD is another name of what the name meant before,
 * or "-".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t undo_lock = PTHREAD_MUTEX_INITIALIZER;

/* What the control file says of a word; 0 if nothing. Own system calls: the functions below are ours. */
static long told(const char *word) {
  const char *path = getenv("SICK_CONTROL");
  char text[256];
  if (!path) return 0;
  int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  long length = syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  if (length <= 0) return 0;
  text[length] = 0;
  char *at = strstr(text, word);
  return at && at[strlen(word)] == '=' ? atol(at + strlen(word) + 1) : 0;
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return strstr(path, "/version-2/") != NULL;
}

/* Fails as it was told to; 0 if not. */
static int fails(int fd, const char *word) {
  char path[PATH_MAX];
  int saved = errno;
  long error = told(word);
  if (error && path_of(fd, path)) {
    errno = (int)error;
    return 1;
  }
  errno = saved;
  return 0;
}

static int undo_file(int fd, const char *path, int flags) {
  struct stat of;
  char name[PATH_MAX];
  if (fstat(fd, &of)) return -1;
  snprintf(name, sizeof name, "%s/%lu", getenv("SICK_UNDO"), (unsigned long)of.st_ino);
  int undo = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CLOEXEC | flags, 0600);
  if (undo >= 0 && flags & O_APPEND && syscall(SYS_lseek, undo, 0, SEEK_END) == 0) {
    syscall(SYS_write, undo, path, strlen(path));
    syscall(SYS_write, undo, "\n", 1);
  }
  return undo;
}

/* Keeps what a write is about to overwrite: offset, length of what is there, size of the file, the bytes. */
static void keep(int fd, long offset, long length) {
  char path[PATH_MAX];
  struct stat of;
  if (!getenv("SICK_UNDO") || !path_of(fd, path) || fstat(fd, &of)) return;
  long there = of.st_size <= offset ? 0 : of.st_size - offset < length ? of.st_size - offset : length;
  char *old = malloc(there + 24);
  long head[3] = {offset, there, of.st_size};
  memcpy(old, head, 24);
  // By a descriptor of its own: theirs may be for writing alone, as ZooKeeper's are.
  int in = there > 0 ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0) : -1;
  if (there > 0 && in < 0 && errno == EMFILE) {
    free(old);
    return;
  }
  for (long done = 0; done < there;) {
    long more = syscall(SYS_pread64, in, old + 24 + done, there - done, offset + done);
    if (more <= 0) {
      fprintf(stderr, "sick: what is overwritten cannot be read\n");
      abort();
    }
    done += more;
  }
  if (in >= 0) syscall(SYS_close, in);
  pthread_mutex_lock(&undo_lock);
  int undo = undo_file(fd, path, O_CREAT | O_APPEND);
  if (undo < 0 && errno == EMFILE) {
    // Descriptors are what is made scarce, then: no power is cut.
    pthread_mutex_unlock(&undo_lock);
    free(old);
    return;
  }
  if (undo < 0 || syscall(SYS_write, undo, old, there + 24) != there + 24) {
    fprintf(stderr, "sick: what is overwritten cannot be kept\n");
    abort();
  }
  syscall(SYS_close, undo);
  pthread_mutex_unlock(&undo_lock);
  free(old);
}

static void synced(int fd) {
  char path[PATH_MAX];
  if (!getenv("SICK_UNDO") || !path_of(fd, path)) return;
  pthread_mutex_lock(&undo_lock);
  int undo = undo_file(fd, path, O_TRUNC);
  if (undo >= 0) syscall(SYS_close, undo);
  pthread_mutex_unlock(&undo_lock);
}

static int is_directory(int fd) {
  char path[PATH_MAX] = "";
  const char *end = "/version-2";
  path_of(fd, path);
  size_t length = strlen(path), tail = strlen(end);
  return length >= tail && !strcmp(path + length - tail, end);
}

/* A directory that is synced has its entries for good. */
static void directory_synced(int fd) {
  char entries[PATH_MAX];
  if (!getenv("SICK_UNDO") || !is_directory(fd)) return;
  snprintf(entries, sizeof entries, "%s/entries", getenv("SICK_UNDO"));
  pthread_mutex_lock(&undo_lock);
  syscall(SYS_truncate, entries, 0);
  pthread_mutex_unlock(&undo_lock);
}

/* Whether a change of this name is to be noted. */
static int is_noted(const char *path) { return getenv("SICK_UNDO") && strstr(path, "/version-2/"); }

/* A second name for what a name means, so that it can be had back; "-" if it means nothing. */
static void keep_old(const char *path, char *old) {
  static int count;
  snprintf(old, PATH_MAX, "%s/old-%d-%d", getenv("SICK_UNDO"), (int)getpid(), count++);
  if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, old, 0)) strcpy(old, "-");
}

static void note(const char *verb, const char *first, const char *second, const char *third) {
  char name[PATH_MAX], line[4 * PATH_MAX];
  snprintf(name, sizeof name, "%s/entries", getenv("SICK_UNDO"));
  int length = snprintf(line, sizeof line, "%s %s %s %s\n", verb, first, second, third);
  int fd = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CLOEXEC | O_CREAT | O_APPEND, 0600);
  if (fd < 0 && errno == EMFILE) return;
  if (fd < 0 || syscall(SYS_write, fd, line, length) != length) {
    fprintf(stderr, "sick: a change of the directory cannot be noted\n");
    abort();
  }
  syscall(SYS_close, fd);
}

static int opened(const char *path, int flags, int mode) {
  if (!(flags & O_CREAT) || !is_noted(path)) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  pthread_mutex_lock(&undo_lock);
  int is_new = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
  int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  int saved = errno;
  if (fd >= 0 && is_new) {
    note("made", path, "-", "-");
    int undo = undo_file(fd, path, O_TRUNC); // of a file that is gone, whose number it has
    if (undo >= 0) syscall(SYS_close, undo);
  }
  errno = saved;
  pthread_mutex_unlock(&undo_lock);
  return fd;
}

int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  int mode = flags & O_CREAT ? va_arg(more, int) : 0;
  va_end(more);
  return opened(path, flags | O_LARGEFILE, mode);
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  int mode = flags & O_CREAT ? va_arg(more, int) : 0;
  va_end(more);
  return opened(path, flags, mode);
}

int rename(const char *from, const char *to) {
  char old[PATH_MAX];
  if (!is_noted(to)) return syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
  pthread_mutex_lock(&undo_lock);
  keep_old(to, old);
  int result = syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
  int saved = errno;
  if (result == 0) note("renamed", from, to, old);
  errno = saved;
  pthread_mutex_unlock(&undo_lock);
  return result;
}

int unlink(const char *path) {
  char old[PATH_MAX];
  if (!is_noted(path)) return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  pthread_mutex_lock(&undo_lock);
  keep_old(path, old);
  int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  int saved = errno;
  if (result == 0) note("removed", path, "-", old);
  errno = saved;
  pthread_mutex_unlock(&undo_lock);
  return result;
}

/* What java.io.File deletes by, inside of which libc does not call ours. */
int remove(const char *path) { return unlink(path) && errno == EISDIR ? rmdir(path) : 0; }

static long size_of(const struct iovec *pieces, int count) {
  long sum = 0;
  for (int i = 0; i < count; i++) sum += pieces[i].iov_len;
  return sum;
}

/* Kernel's answers as libc's. */
static long answer(long result) { return result; }

ssize_t write(int fd, const void *from, size_t length) {
  if (fails(fd, "write")) return -1;
  if (getenv("SICK_UNDO")) keep(fd, syscall(SYS_lseek, fd, 0, SEEK_CUR), length);
  return answer(syscall(SYS_write, fd, from, length));
}

ssize_t pwrite64(int fd, const void *from, size_t length, off64_t at) {
  if (fails(fd, "write")) return -1;
  keep(fd, at, length);
  return answer(syscall(SYS_pwrite64, fd, from, length, at));
}

ssize_t pwrite(int fd, const void *from, size_t length, off_t at) { return pwrite64(fd, from, length, at); }

ssize_t writev(int fd, const struct iovec *pieces, int count) {
  if (fails(fd, "write")) return -1;
  if (getenv("SICK_UNDO")) keep(fd, syscall(SYS_lseek, fd, 0, SEEK_CUR), size_of(pieces, count));
  return answer(syscall(SYS_writev, fd, pieces, count));
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at) {
  if (fails(fd, "write")) return -1;
  keep(fd, at, size_of(pieces, count));
  return answer(syscall(SYS_pwritev, fd, pieces, count, at, 0));
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) { return pwritev64(fd, pieces, count, at); }

int fdatasync(int fd) {
  if (fails(fd, "sync")) return -1;
  int result = syscall(SYS_fdatasync, fd);
  if (result == 0) synced(fd), directory_synced(fd);
  return result;
}

int fsync(int fd) {
  if (fails(fd, "sync")) return -1;
  long millis = told("slow");
  if (millis && is_directory(fd)) usleep(millis * 1000);
  int result = syscall(SYS_fsync, fd);
  if (result == 0) synced(fd), directory_synced(fd);
  return result;
}

ssize_t read(int fd, void *into, size_t length) {
  if (fails(fd, "read")) return -1;
  return answer(syscall(SYS_read, fd, into, length));
}

ssize_t pread64(int fd, void *into, size_t length, off64_t at) {
  if (fails(fd, "read")) return -1;
  return answer(syscall(SYS_pread64, fd, into, length, at));
}

ssize_t pread(int fd, void *into, size_t length, off_t at) { return pread64(fd, into, length, at); }

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += told("clock");
  return result;
}
