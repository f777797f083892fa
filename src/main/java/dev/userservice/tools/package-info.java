/** The catalogue of tools, each declared as data in a file of its own, and the one path that every call takes. */
package dev.userservice.tools;
