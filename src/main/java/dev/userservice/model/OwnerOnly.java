package dev.userservice.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Permissions that keep everybody but the owner out; nothing on systems that have no such permissions. */
public final class OwnerOnly {

    private OwnerOnly() {}

    /** Returns what a new file is created with, 0600. */
    public static FileAttribute<?>[] file(Path file) {
        return permissions(file, "rw-------");
    }

    /** Returns what a new folder is created with, 0700. */
    public static FileAttribute<?>[] folder(Path folder) {
        return permissions(folder, "rwx------");
    }

    /** Gives a file that is there 0600. */
    public static void restrict(Path file) throws IOException {
        for (FileAttribute<?> permissions : file(file)) {
            Files.setAttribute(file, permissions.name(), permissions.value());
        }
    }

    private static FileAttribute<?>[] permissions(Path file, String permissions) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?> attribute = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
        return posix ? new FileAttribute<?>[] {attribute} : new FileAttribute<?>[0];
    }
}
