; words
%define NL 13, 10

commands:
        dw word_help, do_help
        dw word_echo, do_echo
        dw word_count, do_count
        dw word_write, do_write
        dw word_read, do_read
        dw word_clock, do_clock
        dw word_busy, do_busy
        dw word_clear, do_clear
        dw word_halt, do_halt
        dw 0

word_help  db "help", 0
word_echo  db "echo", 0
word_count db "count", 0
word_write db "write", 0
word_read  db "read", 0
word_clock db "clock", 0
word_busy  db "busy", 0
word_clear db "clear", 0
word_halt  db "halt", 0

text_prompt:
        db "> ", 0
text_newline:
        db NL, 0
text_rub:
        db 8, " ", 8, 0
text_dropped:
        db " ^C", NL, 0
text_welcome:
        db "Hello! This is the small machine that comes with Berth.", NL
        db NL
        db "Try this:", NL
        db "  count         counts up, in memory", NL
        db "  write hello   keeps a line on the disk; read shows it", NL
        db NL
        db "Take a snapshot in Berth, then count on and write something else. Restore the", NL
        db "snapshot, and both are back as they were. Type help for all there is.", NL
        db NL, 0
text_help:
        db "  help          this list", NL
        db "  echo TEXT     says TEXT back", NL
        db "  count         counts up; the number is kept in memory", NL
        db "  write TEXT    keeps TEXT on the disk", NL
        db "  read          shows what is on the disk", NL
        db "  clock         what time it is", NL
        db "  busy          keeps the processor busy until a key is pressed", NL
        db "  clear         empties the screen", NL
        db "  halt          switches the machine off", NL, 0
text_unknown:
        db "There is no command ", 34, 0
text_unknown_end:
        db 34, " here. Type help to see those that there are.", NL, 0
text_count:
        db "The counter is at ", 0
text_count_end:
        db ".", NL, 0
text_written:
        db "Written to the disk.", NL, 0
text_write_what:
        db "Write what? For example: write hello", NL, 0
text_read:
        db "On the disk: ", 0
text_read_end:
        db NL, 0
text_read_none:
        db "Nothing is on the disk yet. Keep something there with: write hello", NL, 0
text_no_disk:
        db "This machine has no disk.", NL, 0
text_disk_failed:
        db "The disk does not answer as it should.", NL, 0
text_clock:
        db "It is ", 0
text_clock_end:
        db " by this machine's clock.", NL, 0
text_busy:
        db "Busy. Press a key to stop.", NL, 0
text_busy_end:
        db "Done.", NL, 0
text_clear_serial:
        db 27, "[2J", 27, "[H", 0
text_button:
        db NL, "The power button was pressed. Switching off.", NL, 0
text_halt:
        db "Switching off.", NL, 0
