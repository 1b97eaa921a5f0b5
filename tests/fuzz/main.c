// Replays files of a corpus through a fuzz target, so that every seed and every
// finding of the past is a regression test in ordinary builds.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4 * 1024 * 1024 }; // bytes

static int replay(const char *dir, const char *name, uint8_t *data)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return -1;
    }
    size_t size = fread(data, 1, INPUT_MAX, f);
    fclose(f);

    // An exact allocation, so that a read past the end is seen.
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact)
        return -1;
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    uint8_t *data = malloc(INPUT_MAX);
    int replayed = 0;
    int failed = 0;

    if (!dir || !data) {
        fprintf(stderr, "usage: %s CORPUS_DIRECTORY\n", argv[0]);
        return 2;
    }
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        if (replay(argv[1], e->d_name, data))
            failed++;
        else
            replayed++;
    }
    closedir(dir);
    free(data);
    printf("%d inputs replayed\n", replayed);
    return failed || !replayed;
}
