/*
 * Takes the power from a file system of ext4, for compat/sick beside: nothing that is not on the disk gets there any more,
 * the journal neither. Mounted again it is as after a power cut. Usage: cut DIRECTORY
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>

/* As in the kernel's headers since 6.7 (EXT4_IOC_SHUTDOWN), under the same number for longer. */
#define SHUTDOWN _IOR('X', 125, unsigned int)
#define WITHOUT_JOURNAL 2

int main(int count, char **words) {
  unsigned int how = WITHOUT_JOURNAL;
  int fd = count == 2 ? open(words[1], O_RDONLY) : -1;
  if (fd < 0 || ioctl(fd, SHUTDOWN, &how)) {
    perror(count == 2 ? words[1] : "usage: cut DIRECTORY");
    return 1;
  }
  return 0;
}
