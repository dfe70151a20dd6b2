; Berth's own guest: a small monitor that talks on the first serial port and on the VGA text screen at once, and listens to the
; serial port and the keyboard. It needs no system below it. One source, two builds:
;
;   nasm -f bin -DROM  -o monitor.rom monitor.asm    64 KiB, entered at F000:FFF0, brings every driver itself (Berth's own machines)
;   nasm -f bin -DDISK -o monitor.img monitor.asm    a disk or floppy that a BIOS boots (QEMU, VirtualBox, SeaBIOS)
;
; It stands still (hlt) while nobody types, and switches the machine off when the power button is pressed, as a system does.

bits 16
cpu 386
org 0

%ifdef ROM
  %define PLACE 0xf000
%elifdef DISK
  %define PLACE 0x1000
%else
  %error "build with -DROM or -DDISK"
%endif

COM         equ 0x3f8
SCREEN      equ 0xb800
COLUMNS     equ 80
ROWS        equ 25
PLAIN       equ 0x07
BRIGHT      equ 0x0f
ACCENT      equ 0x0b
LINE_MAX    equ 200
LINE_SECTOR equ 63              ; where `write` keeps its line: after everything that boots

; What it remembers, in segment 0. DS is 0 throughout; words of its own are read through CS.
counter     equ 0x600           ; dword
column      equ 0x604           ; byte: the screen's cursor
row         equ 0x605
colour      equ 0x606
has_serial  equ 0x607
pm_port     equ 0x608           ; word: ACPI's PM1 registers; 0 where none were found
boot_drive  equ 0x60a
length      equ 0x60b           ; of the line being typed
skip_lf     equ 0x60c           ; a line feed after a carriage return ends no second line
escape      equ 0x60d           ; inside an escape sequence: 1 after ESC, 2 after ESC [
shift       equ 0x60e
control     equ 0x60f
heads       equ 0x610           ; word
sectors     equ 0x612           ; word
key_head    equ 0x614           ; byte: ring of what the keyboard brought
key_tail    equ 0x615
has_disk    equ 0x616
packet      equ 0x620           ; 16 bytes, for the BIOS
keys        equ 0x640           ; 32 bytes
line        equ 0x700           ; LINE_MAX and an end
sector      equ 0x1000          ; 512 bytes

%ifdef DISK
; ---------------------------------------------------------------- the first sector: brings the rest
boot:
        jmp     short .begin
        nop
        times 62 - ($ - $$) db 0        ; room that some BIOSes write a floppy's description into
.begin:
        cli
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        sti
        cld
        mov     [boot_drive], dl
        mov     ax, PLACE
        mov     es, ax
        mov     word [sectors], 18
        mov     word [heads], 2
        push    es
        mov     ah, 8
        xor     di, di
        int     0x13
        pop     es
        jc      .geometry
        and     cx, 63
        jz      .geometry
        mov     [sectors], cx
        movzx   dx, dh
        inc     dx
        mov     [heads], dx
.geometry:
        mov     di, 1                   ; sector to bring
        mov     bx, 512                 ; to where
.next:
        mov     ax, di
        xor     dx, dx
        div     word [sectors]
        mov     cl, dl
        inc     cl
        xor     dx, dx
        div     word [heads]
        mov     dh, dl
        mov     ch, al
        mov     dl, [boot_drive]
        mov     ax, 0x0201
        push    di
        int     0x13
        pop     di
        jc      .broken
        add     bx, 512
        inc     di
        cmp     di, SECTORS
        jb      .next
        jmp     PLACE:start
.broken:
        mov     si, 0x7c00 + .words
.say:
        lodsb
        test    al, al
        jz      .stop
        mov     ah, 0x0e
        xor     bx, bx
        int     0x10
        jmp     .say
.stop:
        hlt
        jmp     .stop
.words: db "This disk cannot be read.", 0
        times 510 - ($ - $$) db 0
        dw 0xaa55
%endif

; ---------------------------------------------------------------- start
start:
        cli
        cld
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
%ifdef DISK
        mov     bl, [boot_drive]
        mov     cx, [sectors]
        mov     dx, [heads]
%endif
        mov     di, 0x600
        push    cx
        mov     cx, 0x100
        rep     stosw
        pop     cx
        mov     byte [colour], PLAIN
%ifdef DISK
        mov     [boot_drive], bl
        mov     [sectors], cx
        mov     [heads], dx
        mov     byte [has_disk], 1
        mov     ax, 3                   ; 80 × 25, colours
        int     0x10
        cli
%else
        call    init_vectors
        call    init_pci
        call    init_pic
        call    init_timer
        call    init_screen
        call    init_keyboard
        call    init_disk
%endif
        call    init_serial
        call    init_power
        call    clear

        mov     si, text_welcome
        call    say
        jmp     prompt

; ---------------------------------------------------------------- the conversation
prompt:
        mov     byte [length], 0
        mov     byte [colour], ACCENT
        mov     si, text_prompt
        call    say
        mov     byte [colour], PLAIN
.next:
        call    get                     ; AL
        cmp     byte [escape], 0
        jne     .escaped
        cmp     al, 10
        jne     .not_lf
        cmp     byte [skip_lf], 0
        mov     byte [skip_lf], 0
        jne     .next
        jmp     .enter
.not_lf:
        mov     byte [skip_lf], 0
        cmp     al, 13
        je      .return
        cmp     al, 8
        je      .rub
        cmp     al, 127
        je      .rub
        cmp     al, 21                  ; Ctrl-U
        je      .rub_all
        cmp     al, 3                   ; Ctrl-C
        je      .drop
        cmp     al, 27
        je      .begin_escape
        cmp     al, 32
        jb      .next
        movzx   bx, byte [length]
        cmp     bx, LINE_MAX
        jae     .next
        mov     [line + bx], al
        inc     byte [length]
        call    put
        jmp     .next
.begin_escape:
        mov     byte [escape], 1
        jmp     .next
.escaped:                               ; arrow keys and the like: nothing here understands them
        cmp     byte [escape], 1
        jne     .inside
        mov     byte [escape], 2
        cmp     al, '['
        je      .next
        cmp     al, 'O'
        je      .next
        mov     byte [escape], 0
        jmp     .next
.inside:
        cmp     al, 0x40
        jb      .next
        mov     byte [escape], 0
        jmp     .next
.rub:
        call    rub_out
        jmp     .next
.rub_all:
        cmp     byte [length], 0
        je      .next
        call    rub_out
        jmp     .rub_all
.drop:
        mov     si, text_dropped
        call    say
        jmp     prompt
.return:
        mov     byte [skip_lf], 1
.enter:
        mov     si, text_newline
        call    say
        call    obey
        jmp     prompt

; Takes the last character back, all the bytes of it.
rub_out:
        movzx   bx, byte [length]
        test    bx, bx
        jz      .end
.more:
        dec     bx
        mov     al, [line + bx]
        mov     ah, al
        and     ah, 0xc0
        cmp     ah, 0x80                ; a byte inside a character
        jne     .found
        test    bx, bx
        jnz     .more
.found:
        mov     [length], bl
        push    ax
        mov     si, text_rub
        call    say
        pop     ax
        cmp     al, 0xe3                ; from here on characters are two columns wide on a terminal
        jb      .end
        mov     si, text_rub
        call    say_serial
.end:
        ret

; Does what the line says.
obey:
        movzx   bx, byte [length]
        mov     byte [line + bx], 0
        mov     si, line
        call    skip_blanks
        cmp     byte [si], 0
        je      .end
        mov     bx, commands
.next:
        mov     di, [cs:bx]
        test    di, di
        jz      .unknown
        push    si
.compare:
        mov     al, [cs:di]
        inc     di
        mov     ah, [si]
        test    al, al
        jz      .word_end
        cmp     ah, 'A'
        jb      .same_case
        cmp     ah, 'Z'
        ja      .same_case
        or      ah, 0x20
.same_case:
        inc     si
        cmp     al, ah
        je      .compare
.other:
        pop     si
        add     bx, 4
        jmp     .next
.word_end:
        cmp     ah, 0
        je      .found
        cmp     ah, ' '
        jne     .other
.found:
        add     sp, 2
        call    skip_blanks             ; SI: what follows the word
        call    [cs:bx + 2]
.end:
        ret
.unknown:
        mov     byte [colour], BRIGHT
        push    si
        mov     si, text_unknown
        call    say
        pop     si
.word:
        mov     al, [si]
        inc     si
        cmp     al, ' '
        jbe     .rest
        call    put
        jmp     .word
.rest:
        mov     si, text_unknown_end
        call    say
        mov     byte [colour], PLAIN
        ret

skip_blanks:
        cmp     byte [si], ' '
        jne     .end
        inc     si
        jmp     skip_blanks
.end:
        ret

do_help:
        mov     si, text_help
        jmp     say

do_echo:
        call    say_data
        mov     si, text_newline
        jmp     say

do_count:
        inc     dword [counter]
        mov     si, text_count
        call    say
        mov     eax, [counter]
        call    put_number
        mov     si, text_count_end
        jmp     say

do_write:
        cmp     byte [has_disk], 0
        je      no_disk
        cmp     byte [si], 0
        je      .nothing
        mov     di, sector
        mov     cx, 256
        xor     ax, ax
        push    di
        rep     stosw
        pop     di
        mov     dword [di], 'Bert'
        mov     dword [di + 4], 'hOne'
        add     di, 8
.copy:
        mov     al, [si]
        inc     si
        mov     [di], al
        inc     di
        test    al, al
        jnz     .copy
        mov     al, 1
        call    move_sector
        jc      disk_failed
        mov     si, text_written
        jmp     say
.nothing:
        mov     si, text_write_what
        jmp     say

do_read:
        cmp     byte [has_disk], 0
        je      no_disk
        xor     al, al
        call    move_sector
        jc      disk_failed
        mov     si, text_read_none
        cmp     dword [sector], 'Bert'
        jne     say
        cmp     dword [sector + 4], 'hOne'
        jne     say
        mov     byte [sector + 511], 0
        mov     si, text_read
        call    say
        mov     si, sector + 8
        call    say_data
        mov     si, text_read_end
        jmp     say
no_disk:
        mov     si, text_no_disk
        jmp     say
disk_failed:
        mov     si, text_disk_failed
        jmp     say

do_clock:
        mov     cx, 0xffff
.settle:                                ; not in the middle of a change
        mov     al, 0x0a
        call    cmos
        test    al, 0x80
        loopnz  .settle
        mov     si, text_clock
        call    say
        mov     al, 0x32                ; century
        call    put_cmos_two
        mov     al, 9
        call    put_cmos_two
        mov     al, '-'
        call    put
        mov     al, 8
        call    put_cmos_two
        mov     al, '-'
        call    put
        mov     al, 7
        call    put_cmos_two
        mov     al, ' '
        call    put
        mov     al, 4
        call    put_cmos_two
        mov     al, ':'
        call    put
        mov     al, 2
        call    put_cmos_two
        mov     al, ':'
        call    put
        mov     al, 0
        call    put_cmos_two
        mov     si, text_clock_end
        jmp     say

put_cmos_two:
        call    cmos
        mov     ah, al
        shr     al, 4
        and     ah, 15
        add     ax, 0x3030
        call    put
        mov     al, ah
        jmp     put

cmos:
        out     0x70, al
        in      al, 0x71
        ret

do_busy:
        mov     si, text_busy
        call    say
.spin:
        inc     dword [sector]
        call    look_at_power
        call    poll
        jz      .spin
        mov     si, text_busy_end
        jmp     say

do_clear:
        call    clear
        mov     si, text_clear_serial
        jmp     say_serial

do_halt:
        mov     si, text_halt
        call    say
        jmp     power_off

; ---------------------------------------------------------------- saying
; CS:SI, both ways out.
say:
        mov     al, [cs:si]
        inc     si
        test    al, al
        jz      .end
        call    put
        jmp     say
.end:
        ret

; DS:SI.
say_data:
        mov     al, [si]
        inc     si
        test    al, al
        jz      .end
        call    put
        jmp     say_data
.end:
        ret

; CS:SI, to the serial line alone.
say_serial:
        mov     al, [cs:si]
        inc     si
        test    al, al
        jz      .end
        call    put_serial
        jmp     say_serial
.end:
        ret

; EAX as a decimal number.
put_number:
        mov     ebx, 10
        xor     cx, cx
.divide:
        xor     edx, edx
        div     ebx
        push    dx
        inc     cx
        test    eax, eax
        jnz     .divide
.digit:
        pop     ax
        add     al, '0'
        call    put
        loop    .digit
        ret

; AL, both ways out. Keeps every register.
put:
        call    put_serial
put_screen:
        pusha
        push    es
        mov     bx, SCREEN
        mov     es, bx
        cmp     al, 13
        je      .return
        cmp     al, 10
        je      .down
        cmp     al, 8
        je      .back
        cmp     al, 0x80
        jb      .draw
        cmp     al, 0xc0                ; the rest of a character that the screen has no picture of
        jb      .end
        mov     al, '?'
.draw:
        call    cell
        mov     ah, [colour]
        mov     [es:di], ax
        inc     byte [column]
        cmp     byte [column], COLUMNS
        jb      .cursor
.down_and_return:
        mov     byte [column], 0
.down:
        inc     byte [row]
        cmp     byte [row], ROWS
        jb      .cursor
        mov     byte [row], ROWS - 1
        call    scroll
        jmp     .cursor
.return:
        mov     byte [column], 0
        jmp     .cursor
.back:
        cmp     byte [column], 0
        jne     .left
        cmp     byte [row], 0
        je      .cursor
        dec     byte [row]
        mov     byte [column], COLUMNS
.left:
        dec     byte [column]
.cursor:
        call    cell
        shr     di, 1
        mov     dx, 0x3d4
        mov     al, 14
        mov     cx, di
        mov     ah, ch
        out     dx, ax
        mov     al, 15
        mov     ah, cl
        out     dx, ax
.end:
        pop     es
        popa
        ret

; DI: where the cursor's cell is. Changes only DI and DX.
cell:
        push    ax
        mov     al, COLUMNS * 2
        mul     byte [row]
        mov     di, ax
        movzx   dx, byte [column]
        add     di, dx
        add     di, dx
        pop     ax
        ret

scroll:
        push    ds
        push    es
        pop     ds
        mov     si, COLUMNS * 2
        xor     di, di
        mov     cx, COLUMNS * (ROWS - 1)
        rep     movsw
        mov     ax, (PLAIN << 8) | ' '
        mov     cx, COLUMNS
        rep     stosw
        pop     ds
        ret

clear:
        pusha
        push    es
        mov     ax, SCREEN
        mov     es, ax
        xor     di, di
        mov     ax, (PLAIN << 8) | ' '
        mov     cx, COLUMNS * ROWS
        rep     stosw
        mov     [column], byte 0
        mov     [row], byte 0
        pop     es
        popa
        ret

put_serial:
        cmp     byte [has_serial], 0
        je      .end
        pusha
        mov     ah, al
        mov     dx, COM + 5
        mov     cx, 0xffff              ; a line that is never free must not hold the screen up
.wait:
        in      al, dx
        test    al, 0x20
        loopz   .wait
        mov     al, ah
        mov     dx, COM
        out     dx, al
        popa
.end:
        ret

; ---------------------------------------------------------------- listening
; AL: the next byte from the serial line or the keyboard. Sleeps until there is one.
get:
        call    look_at_power
        call    poll
        jnz     .end
        sti
        hlt
        cli
        jmp     get
.end:
        ret

; AL and a zero flag that is clear when there is a byte.
poll:
        cmp     byte [has_serial], 0
        je      .keyboard
        mov     dx, COM + 5
        in      al, dx
        test    al, 1
        jz      .keyboard
        mov     dx, COM
        in      al, dx
        or      dx, dx                  ; never zero
        ret
.keyboard:
%ifdef DISK
        mov     ah, 0x01
        int     0x16
        cli
        jz      .nothing
        mov     ah, 0
        int     0x16
        cli
        test    al, al
        jz      .nothing
        cmp     al, 0xe0
        je      .nothing
        or      dx, 1
        ret
.nothing:
        xor     ax, ax
        ret
%else
        movzx   bx, byte [key_tail]
        cmp     bl, [key_head]
        je      .nothing
        mov     al, [keys + bx]
        inc     bl
        and     bl, 31
        mov     [key_tail], bl
        or      bx, 0x100
        ret
.nothing:
        xor     ax, ax
        ret
%endif

init_serial:
        mov     dx, COM + 7             ; a register that only remembers: there is a port if it does
        mov     al, 0x5a
        out     dx, al
        in      al, dx
        cmp     al, 0x5a
        jne     .end
        mov     byte [has_serial], 1
        mov     dx, COM + 3
        mov     al, 0x80
        out     dx, al
        mov     dx, COM
        mov     al, 1                   ; 115200
        out     dx, al
        inc     dx
        xor     al, al
        out     dx, al
        mov     dx, COM + 3
        mov     al, 3                   ; 8 bits, no parity
        out     dx, al
        mov     dx, COM + 2
        mov     al, 7                   ; its buffers, emptied
        out     dx, al
        mov     dx, COM + 4
        mov     al, 0x0b
        out     dx, al
        mov     dx, COM + 1
        mov     al, 1                   ; interrupt when a byte is there
        out     dx, al
        mov     word [0x0c * 4], ignore_irq
        mov     word [0x0c * 4 + 2], cs
        in      al, 0x21
        and     al, 0xef
        out     0x21, al
.end:
        ret

ignore_irq:
        push    ax
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret

ignore_slave_irq:
        push    ax
        mov     al, 0x20
        out     0xa0, al
        out     0x20, al
        pop     ax
        iret

; ---------------------------------------------------------------- power
; Finds ACPI's registers: function 3 of a PIIX4, or the bridge of an ICH9, says where they are.
init_power:
        mov     di, 0x8000
.next:
        mov     al, 0
        call    read_pci                ; EAX: device and vendor
        cmp     eax, 0x71138086         ; PIIX4
        je      .found
        cmp     eax, 0x29188086         ; ICH9
        je      .found
        add     di, 8                   ; device and function count in these bits
        cmp     di, 0x8000 + 256 * 8
        jb      .next
        ret
.found:
        mov     al, 0x40
        call    read_pci
        and     ax, 0xffc0
        jnz     .known
%ifdef ROM
        mov     ax, 0xb000              ; an emulator that has it wired there and does not say so
%else
        ret
%endif
.known:
        mov     [pm_port], ax
        mov     dx, ax
        mov     ax, 0xffff
        out     dx, ax                  ; nothing that happened before counts
        add     dx, 2
        mov     ax, 0x100               ; the power button
        out     dx, ax
        mov     word [0x71 * 4], ignore_slave_irq
        mov     word [0x71 * 4 + 2], cs
        in      al, 0xa1
        and     al, 0xfd
        out     0xa1, al
        in      al, 0x21
        and     al, 0xfb
        out     0x21, al
        ret

look_at_power:
        mov     dx, [pm_port]
        test    dx, dx
        jz      .end
        in      ax, dx
        test    ah, 1
        jz      .end
        mov     ax, 0x100
        out     dx, ax
        mov     si, text_button
        call    say
        jmp     power_off
.end:
        ret

power_off:
        mov     dx, [pm_port]
        test    dx, dx
        jz      .stop
        add     dx, 4
        mov     ax, 0x2000              ; S5 as QEMU and Berth's own machine call it
        out     dx, ax
        mov     ax, 0x3400              ; S5 as VirtualBox calls it
        out     dx, ax
.stop:
        cli
        hlt
        jmp     .stop

; DI: 0x8000 + (device and function) × 8; AL: register. Gives EAX.
read_pci:
        call    choose_pci
        mov     dx, 0xcfc
        in      eax, dx
        ret
choose_pci:
        push    ecx
        movzx   ecx, di
        sub     ecx, 0x8000
        shl     ecx, 5
        or      ecx, 0x80000000
        mov     cl, al
        and     cl, 0xfc
        mov     eax, ecx
        mov     dx, 0xcf8
        out     dx, eax
        pop     ecx
        ret

; ---------------------------------------------------------------- disk
; AL = 0 reads, 1 writes LINE_SECTOR at `sector`. Carry: it failed.
move_sector:
%ifdef DISK
        push    ax
        mov     ah, 0x41                ; can it count sectors through?
        mov     bx, 0x55aa
        mov     dl, [boot_drive]
        int     0x13
        cli
        jc      .by_geometry
        cmp     bx, 0xaa55
        jne     .by_geometry
        test    cl, 1
        jz      .by_geometry
        pop     ax
        mov     dword [packet], 0x00010010
        mov     dword [packet + 4], sector
        mov     dword [packet + 8], LINE_SECTOR
        mov     dword [packet + 12], 0
        mov     ah, 0x42
        add     ah, al
        xor     al, al
        mov     si, packet
        mov     dl, [boot_drive]
        sti
        int     0x13
        cli
        ret
.by_geometry:
        mov     ax, LINE_SECTOR
        xor     dx, dx
        div     word [sectors]
        mov     cl, dl
        inc     cl
        xor     dx, dx
        div     word [heads]
        mov     dh, dl
        mov     ch, al
        mov     dl, [boot_drive]
        pop     ax
        mov     ah, 2
        add     ah, al
        mov     al, 1
        mov     bx, sector
        sti
        int     0x13
        cli
        ret
%else
        push    ax
        call    wait_disk
        mov     dx, 0x1f6
        mov     al, 0xe0                ; first disk, sectors counted through
        out     dx, al
        mov     dx, 0x1f2
        mov     al, 1
        out     dx, al
        inc     dx
        mov     al, LINE_SECTOR
        out     dx, al
        inc     dx
        xor     al, al
        out     dx, al
        inc     dx
        out     dx, al
        pop     ax
        mov     dx, 0x1f7
        test    al, al
        jnz     .write
        mov     al, 0x20
        out     dx, al
        call    wait_data
        jc      .end
        mov     di, sector
        mov     cx, 256
        mov     dx, 0x1f0
        rep     insw
        clc
        ret
.write:
        mov     al, 0x30
        out     dx, al
        call    wait_data
        jc      .end
        mov     si, sector
        mov     cx, 256
        mov     dx, 0x1f0
        rep     outsw
        call    wait_disk
        jc      .end
        mov     dx, 0x1f7
        mov     al, 0xe7                ; out of its buffers
        out     dx, al
        call    wait_disk
        test    al, 1                   ; clears carry
        jz      .end
        stc
.end:
        ret

; Until it is not busy. AL: what it says. Carry: it never was.
wait_disk:
        mov     ecx, 0x200000
        mov     dx, 0x1f7
.look:
        in      al, dx
        test    al, 0x80
        jz      .free
        dec     ecx
        jnz     .look
        stc
        ret
.free:
        clc
        ret

; Until it wants or has data. Carry: it failed.
wait_data:
        call    wait_disk
        jc      .end
        mov     ecx, 0x200000
.look:
        in      al, dx
        test    al, 0x29
        jnz     .found
        dec     ecx
        jnz     .look
        stc
        ret
.found:
        test    al, 0x21                ; clears carry
        jz      .end
        stc
.end:
        ret
%endif

%ifdef ROM
; ---------------------------------------------------------------- what a BIOS would have done
init_vectors:
        xor     di, di
        mov     cx, 256
.next:
        mov     ax, ignore
        stosw
        mov     ax, cs
        stosw
        loop    .next
        mov     word [0x08 * 4], ignore_irq
        mov     word [0x09 * 4], keyboard_irq
        ret
ignore:
        iret

; Sizes every base address register on the first bus: all ones, read back, the old value put back where something was read.
init_pci:
        mov     di, 0x8000
.device:
        mov     al, 0
        call    read_pci
        inc     ax
        jz      .absent
        mov     bl, 0x10
.register:
        mov     al, bl
        call    read_pci
        mov     esi, eax
        mov     eax, -1
        out     dx, eax
        in      eax, dx
        test    eax, eax
        jz      .empty
        mov     eax, esi
        out     dx, eax
.empty:
        add     bl, 4
        cmp     bl, 0x28
        jb      .register
.absent:
        add     di, 8
        cmp     di, 0x8000 + 256 * 8
        jb      .device
        ret

init_pic:
        mov     al, 0x11
        out     0x20, al
        out     0xa0, al
        mov     al, 0x08
        out     0x21, al
        mov     al, 0x70
        out     0xa1, al
        mov     al, 4
        out     0x21, al
        mov     al, 2
        out     0xa1, al
        mov     al, 1
        out     0x21, al
        out     0xa1, al
        mov     al, 0xf8                ; the timer, the keyboard, the second half
        out     0x21, al
        mov     al, 0xff
        out     0xa1, al
        ret

; 18 times a second: often enough to look at the power button where it interrupts nobody.
init_timer:
        mov     al, 0x34
        out     0x43, al
        xor     al, al
        out     0x40, al
        out     0x40, al
        ret

; 80 × 25 in colours, the registers as every PC has them in that mode.
init_screen:
        mov     dx, 0x3c2
        mov     al, 0x67
        out     dx, al
        mov     si, screen_sequencer
        mov     dx, 0x3c4
        mov     cx, 5
        call    .registers
        mov     dx, 0x3d4
        mov     ax, 0x0e11              ; lets the first eight be written
        out     dx, ax
        mov     cx, 25
        call    .registers
        mov     dx, 0x3ce
        mov     cx, 9
        call    .registers
        mov     dx, 0x3da
        in      al, dx
        mov     dx, 0x3c0
        xor     bl, bl
.attribute:
        mov     al, bl
        out     dx, al
        mov     al, [cs:si]
        inc     si
        out     dx, al
        inc     bl
        cmp     bl, 21
        jb      .attribute
        mov     al, 0x20
        out     dx, al
        mov     dx, 0x3c6
        mov     al, 0xff
        out     dx, al
        mov     dx, 0x3c8
        xor     al, al
        out     dx, al
        inc     dx
        xor     bx, bx
.colour:
        mov     al, [cs:screen_colours + bx]
        out     dx, al
        inc     bx
        cmp     bx, 48
        jb      .colour
        ret
; CX registers from CS:SI, numbered from 0, through the pair of ports at DX.
.registers:
        xor     bl, bl
.register:
        mov     al, bl
        mov     ah, [cs:si]
        inc     si
        out     dx, ax
        inc     bl
        loop    .register
        ret

screen_sequencer:
        db 0x03, 0x00, 0x03, 0x00, 0x02
        db 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00
        db 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff
        db 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff
        db 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x04, 0x00, 0x0f, 0x08, 0x00
screen_colours:
        db 0, 0, 0,  0, 0, 42,  0, 42, 0,  0, 42, 42,  42, 0, 0,  42, 0, 42,  42, 21, 0,  42, 42, 42
        db 21, 21, 21,  21, 21, 63,  21, 63, 21,  21, 63, 63,  63, 21, 21,  63, 21, 63,  63, 63, 21,  63, 63, 63

init_keyboard:
        mov     al, 0xae                ; on
        out     0x64, al
        call    keyboard_ready
        mov     al, 0x60                ; interrupts, and the old codes
        out     0x64, al
        call    keyboard_ready
        mov     al, 0x45
        out     0x60, al
        call    keyboard_ready
        mov     al, 0xf4                ; the keyboard itself: tell of keys
        out     0x60, al
        call    keyboard_ready
.drain:
        in      al, 0x64
        test    al, 1
        jz      .end
        in      al, 0x60
        jmp     .drain
.end:
        ret
keyboard_ready:
        mov     cx, 0x1000
.look:
        in      al, 0x64
        test    al, 2
        loopnz  .look
        ret

keyboard_irq:
        push    ax
        push    bx
        push    ds
        xor     bx, bx
        mov     ds, bx
        in      al, 0x60
        cmp     al, 0xe0                ; keys of the later block: Enter and / mean the same, the others nothing
        je      .done
        mov     ah, 1
        test    al, 0x80
        jz      .pressed
        mov     ah, 0
        and     al, 0x7f
.pressed:
        cmp     al, 0x2a
        je      .shift
        cmp     al, 0x36
        je      .shift
        cmp     al, 0x1d
        je      .control
        test    ah, ah
        jz      .done
        cmp     al, 0x3a
        jae     .done
        movzx   bx, al
        mov     al, [cs:keys_plain + bx]
        cmp     byte [shift], 0
        je      .chosen
        mov     al, [cs:keys_shifted + bx]
.chosen:
        test    al, al
        jz      .done
        cmp     byte [control], 0
        je      .keep
        and     al, 0x1f
.keep:
        movzx   bx, byte [key_head]
        mov     [keys + bx], al
        inc     bl
        and     bl, 31
        cmp     bl, [key_tail]          ; full: the key is lost, as on any PC
        je      .done
        mov     [key_head], bl
        jmp     .done
.shift:
        mov     [shift], ah
        jmp     .done
.control:
        mov     [control], ah
.done:
        mov     al, 0x20
        out     0x20, al
        pop     ds
        pop     bx
        pop     ax
        iret

keys_plain:
        db 0, 27, "1234567890-=", 8, 9, "qwertyuiop[]", 13, 0, "asdfghjkl;'`", 0, "\zxcvbnm,./", 0, "*", 0, " "
        times 58 - ($ - keys_plain) db 0
keys_shifted:
        db 0, 27, "!@#$%^&*()_+", 8, 9, "QWERTYUIOP{}", 13, 0, 'ASDFGHJKL:"~', 0, "|ZXCVBNM<>?", 0, "*", 0, " "
        times 58 - ($ - keys_shifted) db 0

; Whether there is a first disk: it says what it is when asked.
init_disk:
        mov     dx, 0x3f6
        mov     al, 2                   ; no interrupts: it is asked
        out     dx, al
        mov     dx, 0x1f6
        mov     al, 0xa0
        out     dx, al
        mov     dx, 0x1f7
        in      al, dx
        cmp     al, 0xff
        je      .end
        mov     al, 0xec
        out     dx, al
        in      al, dx
        test    al, al
        jz      .end
        call    wait_data
        jc      .end
        mov     di, sector
        mov     cx, 256
        mov     dx, 0x1f0
        rep     insw
        mov     byte [has_disk], 1
.end:
        ret
%endif

; ---------------------------------------------------------------- words
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

%ifdef ROM
        times 0xfff0 - ($ - $$) db 0
        jmp     PLACE:start
        times 0x10000 - ($ - $$) db 0
%else
        times (512 - ($ - $$) % 512) % 512 db 0
SECTORS equ ($ - $$) / 512
%endif
