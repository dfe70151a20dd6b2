process.stdout.write('Berth\n')
