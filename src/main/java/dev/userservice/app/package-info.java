/**
 * The process around the pipeline: reads the command line, wires the parts once, runs one command and ends with its
 * status. Whatever happens, standard output holds nothing but what the command is for, and wrong usage and wrong
 * settings are found before anything is sent or served.
 */
package dev.userservice.app;
