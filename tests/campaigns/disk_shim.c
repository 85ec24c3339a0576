/* Between a program and its disk: records what is written below one folder, and fails on demand.

   LACSS_DISK_FOLDER   files below it are watched (not those that end in -shm: memory, not disk)
   LACSS_DISK_LOG      every write, truncation, sync, creation, rename and removal, in order
   LACSS_DISK_CONTROL  a file of two 64-bit numbers that the program may change at any time: after
                       how many more operations they fail, and with which errno (0: never)

   A record: operation (8 bytes, padded), length of the path, offset, length of the data, path, data.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_FILES 4096
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static char *paths[MOST_FILES];
static char appends[MOST_FILES];
static const char *folder;
static int log_fd = -1;
static volatile int64_t *control;

__attribute__((constructor)) static void begin(void) {
    const char *log = getenv("LACSS_DISK_LOG"), *shared = getenv("LACSS_DISK_CONTROL");
    folder = getenv("LACSS_DISK_FOLDER");
    if (log) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (shared) {
        int fd = syscall(SYS_openat, AT_FDCWD, shared, O_RDWR, 0600);
        void *page = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page != MAP_FAILED) control = page;
    }
}

static int watched(const char *path) {
    size_t n = strlen(path), m = folder ? strlen(folder) : 0;
    if (!m || strncmp(path, folder, m)) return 0;
    return n < 4 || strcmp(path + n - 4, "-shm");
}

static const char *of(int fd) { return fd >= 0 && fd < MOST_FILES ? paths[fd] : NULL; }

static void record(const char *what, const char *path, int64_t at, const void *data, int64_t n) {
    if (log_fd < 0) return;
    char head[32] = {0};
    int64_t length = strlen(path);
    strncpy(head, what, 8);
    memcpy(head + 8, &length, 8);
    memcpy(head + 16, &at, 8);
    memcpy(head + 24, &n, 8);
    (void)!syscall(SYS_write, log_fd, head, sizeof head);
    (void)!syscall(SYS_write, log_fd, path, length);
    if (n) (void)!syscall(SYS_write, log_fd, data, n);
}

/* Whether this operation is one of those that fail; sets errno. */
static int fails(void) {
    if (!control || !control[1]) return 0;
    if (control[0]-- > 0) return 0;
    errno = (int)control[1];
    return 1;
}

static int opened(int fd, const char *path, int flags, int existed) {
    char full[PATH_MAX];
    if (fd < 0 || fd >= MOST_FILES) return fd;
    if (path[0] == '/') strncpy(full, path, sizeof full - 1);
    else if (!realpath(path, full)) return fd;
    full[sizeof full - 1] = 0;
    pthread_mutex_lock(&lock);
    free(paths[fd]);
    paths[fd] = watched(full) ? strdup(full) : NULL;
    appends[fd] = (flags & O_APPEND) != 0;
    if (paths[fd] && (flags & O_CREAT) && !existed) record("create", full, 0, NULL, 0);
    else if (paths[fd] && (flags & O_TRUNC)) record("cut", full, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name)                                                            \
    int name(const char *path, int flags, ...) {                              \
        va_list more;                                                         \
        va_start(more, flags);                                                \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                         \
        int existed = !access(path, F_OK);                                    \
        if ((flags & O_CREAT) && !existed && watched(path) && fails()) return -1; \
        return opened(REAL(name)(path, flags, mode), path, flags, existed);   \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                          \
    int name(int at, const char *path, int flags, ...) {                      \
        va_list more;                                                         \
        va_start(more, flags);                                                \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                         \
        int existed = !faccessat(at, path, F_OK, 0);                          \
        int fd = REAL(name)(at, path, flags, mode);                           \
        return at == AT_FDCWD || path[0] == '/' ? opened(fd, path, flags, existed) : fd; \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    pthread_mutex_lock(&lock);
    if (of(fd)) {
        free(paths[fd]);
        paths[fd] = NULL;
    }
    pthread_mutex_unlock(&lock);
    return REAL(close)(fd);
}

ssize_t write(int fd, const void *data, size_t n) {
    if (!of(fd)) return REAL(write)(fd, data, n);
    pthread_mutex_lock(&lock);
    struct stat now;
    int64_t at = appends[fd] && !fstat(fd, &now) ? now.st_size : lseek(fd, 0, SEEK_CUR);
    ssize_t done = fails() ? -1 : REAL(write)(fd, data, n);
    if (done > 0) record("write", paths[fd], at, data, done);
    pthread_mutex_unlock(&lock);
    return done;
}

#define PWRITE(name, type)                                                    \
    ssize_t name(int fd, const void *data, size_t n, type at) {               \
        if (!of(fd)) return REAL(name)(fd, data, n, at);                      \
        pthread_mutex_lock(&lock);                                            \
        ssize_t done = fails() ? -1 : REAL(name)(fd, data, n, at);            \
        if (done > 0) record("write", paths[fd], at, data, done);             \
        pthread_mutex_unlock(&lock);                                          \
        return done;                                                          \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define CUT(name, type)                                                       \
    int name(int fd, type length) {                                           \
        if (!of(fd)) return REAL(name)(fd, length);                           \
        pthread_mutex_lock(&lock);                                            \
        int done = fails() ? -1 : REAL(name)(fd, length);                     \
        if (!done) record("cut", paths[fd], length, NULL, 0);                 \
        pthread_mutex_unlock(&lock);                                          \
        return done;                                                          \
    }
CUT(ftruncate, off_t)
CUT(ftruncate64, off64_t)

#define SYNC(name)                                                            \
    int name(int fd) {                                                        \
        if (!of(fd)) return REAL(name)(fd);                                   \
        pthread_mutex_lock(&lock);                                            \
        int done = fails() ? -1 : 0; /* the machine itself stays up: no need to wait */ \
        if (!done) record("sync", paths[fd], 0, NULL, 0);                     \
        pthread_mutex_unlock(&lock);                                          \
        return done;                                                          \
    }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *to) {
    if (!watched(from)) return REAL(rename)(from, to);
    pthread_mutex_lock(&lock);
    int done = fails() ? -1 : REAL(rename)(from, to);
    if (!done) record("rename", from, 0, to, strlen(to));
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) {
    if (!watched(path)) return REAL(unlink)(path);
    pthread_mutex_lock(&lock);
    int done = REAL(unlink)(path);
    if (!done) record("remove", path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
