// Measures what Node itself needs.
process.stdout.write('started\n');
