; what the commands do
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
