/* Presses Ctrl-C for a process that has a console of its own. The tests run this on Windows, where
   Rust can do it only with unsafe code. */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static int failed(const char *what) {
    fprintf(stderr, "%s failed with error %lu\n", what, GetLastError());
    return 1;
}

int main(int argc, char **argv) {
    DWORD id = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, id);
    if (!process)
        return failed("OpenProcess");
    FreeConsole();
    if (AttachConsole(id)) {
        /* The event goes to every process of the console, and this is one of them now. */
        SetConsoleCtrlHandler(NULL, TRUE);
        if (GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
            return 0;
    }
    int code = failed("Ctrl-C");
    /* As on Unix, a process that has ended is no failure. */
    return WaitForSingleObject(process, 0) == WAIT_OBJECT_0 ? 0 : code;
}
