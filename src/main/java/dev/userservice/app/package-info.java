/** The process around the pipeline: command line, settings, wiring, and the commands for people. */
package dev.userservice.app;
