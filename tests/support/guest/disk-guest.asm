; A guest of one sector: it talks on the first serial port, keeps a text in its memory and on its disk, sleeps while nobody
; types, and switches itself off when the power button is pressed. Built with: nasm -f bin -o disk-guest.bin disk-guest.asm
;
;   =TEXT⏎  keep TEXT in memory and on the disk, answer OK      ~TEXT⏎  keep it in memory only, answer OK
;   ?       answer [TEXT] from memory                           !       answer {TEXT} from the disk
;   %       ignore the power button from now on                 #       switch off
;   anything else is said back. After its start it says READY, with the disk's text in memory.

bits 16
org 0x7c00

PORT    equ 0x3f8
BUTTON  equ 0x600                 ; ACPI PM1 status, then enable, then control, where the firmware puts them
TEXT    equ 0x8000
SECOND  equ 0x8200                ; a second buffer, for what is on the disk

start:
        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        cld
        mov     [drive], dl

        mov     word [0x0c * 4], serial_irq
        mov     [0x0c * 4 + 2], ax
        mov     word [0x71 * 4], button_irq
        mov     [0x71 * 4 + 2], ax
        mov     al, 0xeb          ; all masked but the cascade and the serial port
        out     0x21, al
        mov     al, 0xfd          ; all masked but ACPI's
        out     0xa1, al

        mov     dx, PORT + 1
        mov     al, 1             ; interrupt when a byte is there
        out     dx, al
        mov     dx, PORT + 4
        mov     al, 0x0b
        out     dx, al

        mov     dx, BUTTON + 2
        mov     ax, 0x100
        out     dx, ax

        mov     bx, TEXT
        mov     ah, 0x42
        call    disk
        mov     si, ready
        call    print

next:
        call    get
        cmp     al, '='
        je      store
        cmp     al, '~'
        je      remember
        cmp     al, '?'
        je      show
        cmp     al, '!'
        je      show_disk
        cmp     al, '%'
        je      deaf
        cmp     al, '#'
        je      off
        call    put
        jmp     next

store:
        call    line
        mov     bx, TEXT
        mov     ah, 0x43
        call    disk
        jmp     said_ok
remember:
        call    line
said_ok:
        mov     si, okay
        call    print
        jmp     next

show:
        mov     al, '['
        call    put
        mov     si, TEXT
        call    print
        mov     al, ']'
        jmp     end_line
show_disk:
        mov     bx, SECOND
        mov     ah, 0x42
        call    disk
        mov     al, '{'
        call    put
        mov     si, SECOND
        call    print
        mov     al, '}'
end_line:
        call    put
        mov     si, newline
        call    print
        jmp     next

deaf:
        mov     dx, BUTTON + 2
        xor     ax, ax
        out     dx, ax
        jmp     said_ok

off:
        mov     dx, BUTTON + 4
        mov     ax, 0x2000        ; S5
        out     dx, ax
        hlt

; A line into TEXT, ended by 0.
line:
        mov     di, TEXT
.more:
        call    get
        cmp     al, 10            ; as a program ends a line
        je      .end
        cmp     al, 13            ; as a keyboard does
        je      .end
        cmp     di, TEXT + 500
        jae     .more
        stosb
        jmp     .more
.end:
        xor     al, al
        stosb
        ret

; AH = 42h reads, 43h writes the second sector at BX.
disk:
        mov     [packet.where], bx
        mov     si, packet
        mov     dl, [drive]
        xor     al, al
        int     0x13
        cli
        ret

; Sleeps until a byte is there. The button is looked at whenever it wakes.
get:
        mov     dx, BUTTON
        in      ax, dx
        test    ah, 1
        jnz     off
        mov     dx, PORT + 5
        in      al, dx
        test    al, 1
        jnz     .there
        sti
        hlt
        cli
        jmp     get
.there:
        mov     dx, PORT
        in      al, dx
        ret

put:
        push    ax
        mov     dx, PORT + 5
.wait:
        in      al, dx
        test    al, 0x20
        jz      .wait
        pop     ax
        mov     dx, PORT
        out     dx, al
        ret

print:
        lodsb
        test    al, al
        jz      .end
        call    put
        jmp     print
.end:
        ret

button_irq:
        push    ax
        mov     al, 0x20
        out     0xa0, al
        jmp     eoi
serial_irq:
        push    ax
        mov     al, 0x20
eoi:
        out     0x20, al
        pop     ax
        iret

drive   db 0x80
packet: db 16, 0
        dw 1
.where: dw TEXT, 0
        dq 1

ready   db 'READY', 13, 10, 0
okay    db 'OK'
newline db 13, 10, 0

        times 510 - ($ - $$) db 0
        dw 0xaa55
